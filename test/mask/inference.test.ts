/**
 * The property behind every mask: what is trained is what inference asks for. Checked on every template of ../shared/templates, unmodified,
 * over generated conversations, with a tokenizer in which every character is a token.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Conversation } from '../../src/conversation/index.ts'
import { LosslineError } from '../../src/error.ts'
import { type MaskContext, type Masked, maskExample, type TrainedSpan } from '../../src/mask/index.ts'
import { ChatTemplate } from '../../src/template/index.ts'
import { makeConversation } from './conversations.ts'
import { findMarkers, makeTokenizer } from './tokenizer.ts'

const TEMPLATES = '../shared/templates'
const CONVERSATIONS = Number(process.env['LOSSLINE_CONVERSATIONS'] ?? 24)
const now = new Date(2026, 0, 15, 9, 30)
const specialTokens = { bos_token: '<s>', eos_token: '</s>', pad_token: '<pad>', unk_token: '<unk>' }

const names = existsSync(TEMPLATES) ? readdirSync(TEMPLATES).filter(name => name.endsWith('.jinja')) : []
if (names.length === 0) test('trains what inference asks for', t => t.skip('../shared/templates is not here'))

for (const name of names) {
  test(`trains what inference asks for: ${name}`, async () => {
    const source = readFileSync(`${TEMPLATES}/${name}`, 'utf8')
    const template = ChatTemplate.compile(source, { name })
    const context = await makeContext(template)
    for (let seed = 1; seed <= CONVERSATIONS; seed++) {
      const conversation = makeConversation(seed)
      for (const unroll of ['never', 'always', 'auto'] as const) {
        const examples = maskOrRefuse(conversation, context, unroll)
        for (const masked of examples ?? [])
          checkExample(masked, conversation, context, `seed ${seed}, unroll ${unroll}`)
      }
    }
  })
}

async function makeContext(template: ChatTemplate): Promise<MaskContext> {
  const tokenizer = await makeTokenizer(template.source)
  const ends = findMarkers(template.source).filter(marker =>
    /end|eot|eom|return|call\|>|<turn\|>|user\|>|observation/i.test(marker),
  )
  const stopIds = new Set(['</s>', ...ends].map(marker => tokenizer.tokenToId(marker)!))
  return { tokenizer, templates: [template], specialTokens, stopIds, now }
}

function maskOrRefuse(
  conversation: Conversation,
  context: MaskContext,
  unroll: 'never' | 'always' | 'auto',
): Masked[] | undefined {
  try {
    return maskExample(conversation, context, { strategy: 'assistant', unroll })
  } catch (error) {
    if (error instanceof LosslineError && error.code.startsWith('template/')) return undefined
    throw error
  }
}

function checkExample(masked: Masked, conversation: Conversation, context: MaskContext, place: string): void {
  const template = context.templates[0]!
  const messages =
    masked.turn === undefined ? conversation.messages : conversation.messages.slice(0, masked.turn + 1)
  let previousEndChar = 0
  for (const span of masked.spans) {
    const at = `${place}, message ${span.message}\n${show(masked)}`
    checkStart(masked, span, { ...conversation, messages }, template, previousEndChar, at)
    checkEnd(masked, span, context.stopIds, at)
    previousEndChar = span.endChar
  }
  checkTokens(masked, `${place}\n${show(masked)}`)
}

/** What stands before a span is what inference is given, or the difference is reported. */
function checkStart(
  masked: Masked,
  span: TrainedSpan,
  conversation: Conversation,
  template: ChatTemplate,
  previousEndChar: number,
  at: string,
): void {
  const before = { ...conversation, messages: conversation.messages.slice(0, span.message) }
  const prompt = tryRender(template, before, true)
  const isReported = masked.findings.some(
    finding =>
      (finding.rule === 'no-generation-prompt' && (finding.message ?? span.message) === span.message) ||
      (finding.rule === 'prompt-not-prefix' && finding.message === span.message),
  )
  const given = masked.rendered.text.slice(0, span.startChar)
  if (!isReported) {
    const expected =
      prompt !== undefined && prompt.length > previousEndChar
        ? prompt
        : masked.rendered.text.slice(0, previousEndChar)
    assert.equal(given, expected, at)
  } else
    assert.notEqual(
      prompt !== '' && given === prompt && tryRender(template, before, false) !== prompt,
      true,
      at,
    )
}

/** A span ends with a stop token, or that it doesn't is reported. */
function checkEnd(masked: Masked, span: TrainedSpan, stopIds: ReadonlySet<number>, at: string): void {
  const isReported = masked.findings.some(
    finding =>
      ['no-stop-token', 'stop-token-mismatch'].includes(finding.rule) && finding.message === span.message,
  )
  const t = masked.encoded.ends.findLastIndex(
    (endChar, e) => endChar === span.endChar && masked.encoded.starts[e]! < endChar,
  )
  const endsWithStop = t !== -1 && stopIds.has(masked.encoded.ids[t]!)
  assert.equal(endsWithStop, !isReported, at)
  if (endsWithStop) assert.equal(masked.weights[t], 1, at)
}

/** Every own character of a trained message is trained, no one else's is, and nothing outside the spans. */
function checkTokens(masked: Masked, at: string): void {
  const { encoded, rendered, spans } = masked
  const straying = new Set(
    masked.findings.filter(({ rule }) => rule === 'untrained-answer-token').map(({ message }) => message),
  )
  for (let t = 0; t < encoded.ids.length; t++) {
    const startChar = encoded.starts[t]!
    const span = spans.find(({ startChar: from, endChar }) => from <= startChar && startChar < endChar)
    assert.equal(masked.weights[t] !== 0, span !== undefined, `${at}\nat ${startChar}`)
    if (span !== undefined) assert.equal(masked.labels[t], encoded.ids[t])
  }
  const written = new Set<string>()
  for (const piece of rendered.pieces) {
    if (
      piece.source.kind !== 'message' ||
      !['content', 'reasoning', 'tool_calls'].includes(piece.source.field)
    )
      continue
    const { message, path } = piece.source
    // A template may quote what was said: only its first writing is the answer.
    const quoted = `${message} ${path} ${piece.sourceChar}`
    if (piece.sourceChar !== undefined && written.has(quoted)) continue
    written.add(quoted)
    const span = spans.find(
      ({ startChar, endChar }) => startChar <= piece.startChar && piece.endChar <= endChar,
    )
    if (span !== undefined)
      assert.equal(message, span.message, `${at}\n${JSON.stringify(piece)} is trained in another's span`)
    const turn = rendered.turns.find(
      ({ startChar, endChar }) => startChar <= piece.startChar && piece.endChar <= endChar,
    )
    const isItsOwn = spans.some(({ message: of }) => of === message) && turn?.message === message
    if (isItsOwn && !straying.has(message))
      assert.notEqual(span, undefined, `${at}\n${JSON.stringify(piece)} isn't trained`)
  }
}

function tryRender(
  template: ChatTemplate,
  conversation: Conversation,
  addGenerationPrompt: boolean,
): string | undefined {
  try {
    return template.renderText(conversation, { addGenerationPrompt, variables: specialTokens, now })
  } catch (error) {
    if (error instanceof LosslineError) return undefined
    throw error
  }
}

/** The text with its spans in brackets: what a failure is read from. */
function show({ rendered, spans, findings }: Masked): string {
  let text = ''
  let doneChar = 0
  for (const { startChar, endChar } of spans) {
    text += `${rendered.text.slice(doneChar, startChar)}⟦${rendered.text.slice(startChar, endChar)}⟧`
    doneChar = endChar
  }
  return `${text}${rendered.text.slice(doneChar)}\n${findings.map(({ rule, message }) => `${rule} ${message}`).join(', ')}`
}
