/**
 * The rules that `lossline compare` imitates give the labels of the real tools, id for id, of two: Axolotl's strategy, TRL's SFTTrainer. Not so of
 * LLaMA-Factory: its prompt/full diff is in no release, and what is compared with is our own rewriting of its algorithm in Python, on transformers'
 * rendering and encoding.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { TOOLS } from '../../src/compare/index.ts'
import type { Conversation, Message } from '../../src/conversation/index.ts'
import { LosslineError } from '../../src/error.ts'
import { type MaskContext, maskExample, type StrategyName } from '../../src/mask/index.ts'
import { ChatTemplate } from '../../src/template/index.ts'
import { makeConversation } from '../mask/conversations.ts'
import { makeTokenizer, makeTokenizerJson } from '../mask/tokenizer.ts'
import { findPython, findShared, runPython, whyNoPython } from './python.ts'

/** Axolotl gives a template those keys of a message that it finds the template to read, so calls and reasoning are left out here. */
const CONVERSATIONS: readonly Conversation[] = Array.from({ length: 30 }, (_, seed) =>
  makeConversation(seed + 1),
)
  .filter(({ tools }) => tools === undefined)
  .map(withoutReasoning)
  .slice(0, 6)

function withoutReasoning(conversation: Conversation): Conversation {
  const messages = conversation.messages.map(({ reasoning_content: _, ...message }) => message as Message)
  return { ...conversation, messages }
}

interface Labelled {
  readonly ids: readonly number[]
  readonly labels: readonly number[]
}

interface Failed {
  readonly error: string
}

const folder = findShared('templates')
const trl = findPython('trl-1.16')
const axolotl = findPython('axolotl')

test('dummy-diff labels as Axolotl’s chat_template strategy, in every template', async t => {
  if (folder === undefined) return t.skip('../shared is not here')
  if (axolotl === undefined) return t.skip(whyNoPython('axolotl'))
  const { compared, trained } = await compareWithAxolotl(folder, axolotl)
  assert.ok(compared > 800, `${compared} conversations were compared`)
  assert.ok(trained > 0.9 * compared, `${trained} of ${compared} conversations train anything`)
})

async function compareWithAxolotl(
  folder: string,
  python: string,
): Promise<{ compared: number; trained: number }> {
  const cases = []
  for (const name of listTemplates(folder)) {
    const source = readFileSync(join(folder, name), 'utf8')
    const eos = findEos(source)
    const context = await makeContext(source, eos)
    const tokenizer = JSON.stringify(makeTokenizerJson(source))
    for (const conversation of CONVERSATIONS)
      cases.push({ name, source, eos, context, tokenizer, conversation })
  }
  const answers = runPython(
    python,
    'test/interop/axolotl_chat_template.py',
    cases.map(({ tokenizer, source, eos, conversation: { messages } }) => ({
      tokenizer,
      template: source,
      eos,
      messages,
    })),
  ) as (Labelled | Failed)[]
  let compared = 0
  let trained = 0
  for (const [c, { name, context, conversation }] of cases.entries()) {
    const ours = label(conversation, context, 'dummy-diff')
    const theirs = answers[c]!
    if ('error' in theirs || ours === undefined) continue
    compared++
    if (theirs.labels.some(label => label !== -100)) trained++
    assert.deepEqual(ours, theirs, `${name}, ${JSON.stringify(conversation.messages)}`)
  }
  return { compared, trained }
}

/** What a template ends its turns with, where that looks like a token; else a token of every tokenizer. */
function findEos(source: string): string {
  return /<\|(?:im_end|eot_id|end|end_of_text)\|>|<end_of_turn>|<turn\|>/.exec(source)?.[0] ?? '</s>'
}

function listTemplates(folder: string): string[] {
  return readdirSync(folder).filter(name => name.endsWith('.jinja'))
}

async function makeContext(source: string, eos = '</s>'): Promise<MaskContext> {
  const tokenizer = await makeTokenizer(source)
  return {
    tokenizer,
    templates: [ChatTemplate.compile(source)],
    specialTokens: { bos_token: '<s>', eos_token: eos, pad_token: '<pad>', unk_token: '<unk>' },
    stopIds: new Set([tokenizer.tokenToId(eos)!]),
  }
}

/** Undefined where the template or the strategy refuses the conversation. */
function label(
  conversation: Conversation,
  context: MaskContext,
  strategy: StrategyName,
): Labelled | undefined {
  try {
    const [masked] = maskExample(conversation, context, { strategy })
    return { ids: [...masked!.encoded.ids], labels: [...masked!.labels] }
  } catch (error) {
    if (error instanceof LosslineError) return undefined
    throw error
  }
}

/** Templates whose prompts are prefixes and some whose are not, with and without marks. */
const TRL_TEMPLATES = [
  'chujiezheng--chatml.jinja',
  'llama-cpp--Qwen-Qwen3-0.6B.jinja',
  'llama-cpp--Qwen3.5-4B.jinja',
  'llama-cpp--google-gemma-4-31B-it.jinja',
  'llama-cpp--GLM-4.7-Flash.jinja',
  'trl--llama3.jinja',
  'trl--qwen3_training.jinja',
  'trl--gemma3_training.jinja',
  'vllm--tool_chat_template_mistral.jinja',
]

test('prompt-ids and generation-marks label as TRL’s SFTTrainer', async t => {
  if (folder === undefined) return t.skip('../shared is not here')
  if (trl === undefined) return t.skip(whyNoPython('trl-1.16'))
  const counts = { 'prompt-ids': 0, 'generation-marks': 0 }
  const requests: { strategy: keyof typeof counts; rows: Conversation[]; context: MaskContext }[] = []
  const cases = []
  for (const name of TRL_TEMPLATES) {
    const source = readFileSync(join(folder, name), 'utf8')
    const context = await makeContext(source)
    const shared = { tokenizer: JSON.stringify(makeTokenizerJson(source)), template: source }
    const split = CONVERSATIONS.flatMap(conversation =>
      TOOLS['trl-prompt-completion']
        .toExamples(conversation)
        .map(({ example }) => example as Conversation)
        .filter(example => label(example, context, 'prompt-ids') !== undefined),
    )
    const toRow = ({ messages, promptLength }: Conversation): object => ({
      prompt: messages.slice(0, promptLength),
      completion: messages.slice(promptLength),
    })
    requests.push({ strategy: 'prompt-ids', rows: split, context })
    cases.push({ ...shared, rows: split.map(toRow), options: {} })
    if (context.templates[0]!.usesGenerationMarks) {
      const whole = CONVERSATIONS.filter(row => label(row, context, 'generation-marks') !== undefined)
      requests.push({ strategy: 'generation-marks', rows: whole, context })
      const rows = whole.map(({ messages }) => ({ messages }))
      cases.push({ ...shared, rows, options: { assistant_only_loss: true } })
    }
  }
  const answers = runPython(trl, 'test/interop/trl_rows.py', cases) as (Labelled[] | Failed)[]
  for (const [c, { strategy, rows, context }] of requests.entries()) {
    const theirs = answers[c]!
    assert.ok(Array.isArray(theirs), JSON.stringify(theirs))
    assert.deepEqual(
      rows.map(row => label(row, context, strategy)),
      theirs,
    )
    counts[strategy] += rows.length
  }
  assert.ok(counts['prompt-ids'] > 50 && counts['generation-marks'] >= 10, JSON.stringify(counts))
})

test('prompt-diff labels and refuses as LLaMA-Factory’s prompt/full diff, in every template, with calls and reasoning', async t => {
  if (folder === undefined) return t.skip('../shared is not here')
  if (trl === undefined) return t.skip(whyNoPython('trl-1.16'))
  const conversations = Array.from({ length: 12 }, (_, seed) => makeConversation(seed + 1))
  const asked: { name: string; context: MaskContext; conversation: Conversation }[] = []
  const cases = []
  for (const name of listTemplates(folder)) {
    const source = readFileSync(join(folder, name), 'utf8')
    // The clocks of two processes.
    if (source.includes('strftime_now')) continue
    const context = await makeContext(source)
    const tokenizer = JSON.stringify(makeTokenizerJson(source))
    for (const conversation of conversations) {
      asked.push({ name, context, conversation })
      const { messages, tools } = conversation
      cases.push({ tokenizer, template: source, messages, tools })
    }
  }
  const answers = runPython(trl, 'test/interop/llamafactory_prompt_diff.py', cases) as (Labelled | Failed)[][]
  const counts = { labelled: 0, refused: 0, failed: 0 }
  for (const [c, { name, context, conversation }] of asked.entries()) {
    const examples = TOOLS.llamafactory.toExamples(conversation)
    const theirs = answers[c]!
    assert.equal(examples.length, theirs.length)
    for (const [e, { example }] of examples.entries()) {
      const ours = tryLabel(example as Conversation, context)
      const expected = theirs[e]!
      const place = `${name}, ${JSON.stringify(conversation.messages)}, answer ${e}: ${JSON.stringify(expected)}`
      if (!('error' in expected)) {
        counts.labelled++
        assert.deepEqual(ours, expected, place)
      } else if (expected.error === 'no prefix') {
        counts.refused++
        assert.equal(ours, 'mask/prompt-not-prefix', place)
      } else {
        counts.failed++
        assert.equal(typeof ours, 'string', place)
      }
    }
  }
  assert.ok(counts.labelled > 3000 && counts.refused > 500, JSON.stringify(counts))
})

/** The labels, or the code of the error. */
function tryLabel(example: Conversation, context: MaskContext): Labelled | string {
  try {
    const [masked] = maskExample(example, context, { strategy: 'prompt-diff' })
    return { ids: [...masked!.encoded.ids], labels: [...masked!.labels] }
  } catch (error) {
    if (error instanceof LosslineError) return error.code
    throw error
  }
}
