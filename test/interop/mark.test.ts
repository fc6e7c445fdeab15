/**
 * Templates that `lossline mark` has put marks into: transformers renders them as the originals, and its assistant mask is what Lossline trains,
 * on conversations that the marks were not learnt from.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Conversation, Message } from '../../src/conversation/index.ts'
import { LosslineError } from '../../src/error.ts'
import { type MarkedTemplate, markTemplate } from '../../src/mark/index.ts'
import { type MaskContext, maskExample } from '../../src/mask/index.ts'
import { ChatTemplate } from '../../src/template/index.ts'
import { makeConversation } from '../mask/conversations.ts'
import { makeTokenizer, makeTokenizerJson } from '../mask/tokenizer.ts'
import { findPython, findShared, runPython, whyNoPython } from './python.ts'

const specialTokens = { bos_token: '<s>', eos_token: '</s>', pad_token: '<pad>', unk_token: '<unk>' }
// Without reasoning: transformers copies `reasoning_content` to `thinking` before it renders, Lossline gives messages as they stand.
const CONVERSATIONS = Array.from({ length: 8 }, (_, seed) => withoutReasoning(makeConversation(seed + 1)))

function withoutReasoning(conversation: Conversation): Conversation {
  const messages = conversation.messages.map(({ reasoning_content: _, ...message }) => message as Message)
  return { ...conversation, messages }
}

/** What ends generation in these models, in the next turn's header too. */
const STOPS = [
  ...['</s>', '<|im_end|>', '<|eot_id|>', '<|end|>', '<|END_OF_TURN_TOKEN|>', '<end_of_turn>', '<turn|>'],
  ...['<|user|>', '<|observation|>', '<|tool_response>', '<|return|>', '<|call|>', '<|eom|>', '<|eos|>'],
  ...['<｜end▁of▁sentence｜>', '<end_of_utterance>', '<|eom_id|>'],
]

/** Templates of chats that can't be marked wholly, with why. Rerankers and templates that have marks are left out. */
const NOT_WHOLLY: Readonly<Record<string, string>> = {
  'axolotl--exaone4.jinja': 'mark/no-loop: continue, behind the system message that it has written',
  'llama-cpp--Reka-Edge.jinja': 'mark/no-loop: gathers its text in a variable',
  'llama-cpp--deepseek-ai-DeepSeek-R1-Distill-Qwen-32B.jinja':
    'partly: a second call begins with a newline, which stands in front of other answers too',
  'llama-cpp--fireworks-ai-llama-3-firefunction-v2.jinja':
    'mark/refused: wants the variables functions and datetime',
}
const NO_CHAT = /rerank|zerank|embed|vlm2vec/

interface Case {
  readonly name: string
  readonly source: string
  readonly marked: MarkedTemplate
  readonly context: MaskContext
}

interface Survey {
  readonly wholly: readonly Case[]
  /** By name, with the code of why not. */
  readonly others: Readonly<Record<string, string>>
}

const python = findPython('interop')
const folder = findShared('templates')

test('a marked template renders the same, and transformers masks it as Lossline does', async t => {
  if (folder === undefined) return t.skip('../shared is not here')
  if (python === undefined) return t.skip(whyNoPython('interop'))
  const { wholly, others } = await markAll(folder)
  assert.deepEqual(
    others,
    Object.fromEntries(Object.entries(NOT_WHOLLY).map(([name, why]) => [name, why.split(':')[0]])),
  )
  assert.ok(wholly.length >= 140, `${wholly.length} templates are marked wholly`)
  const requests = wholly.flatMap(item => CONVERSATIONS.map(conversation => ({ ...item, conversation })))
  const answers = runPython(
    python,
    'test/interop/transformers_masks.py',
    requests.map(({ source, marked, conversation: { messages, tools } }) => ({
      tokenizer: JSON.stringify(makeTokenizerJson(source)),
      template: marked.source,
      messages,
      tools: tools ?? null,
    })),
  ) as ({ text: string; mask: number[] } | { error: string })[]
  let compared = 0
  const differing = new Set<string>()
  for (const [r, { name, source, context, conversation }] of requests.entries()) {
    const answer = answers[r]!
    const exact = tryMask(conversation, { ...context, templates: [ChatTemplate.compile(source)] })
    // Two clocks differ.
    if ('error' in answer || exact === undefined || exact.usesClock) continue
    compared++
    assert.equal(answer.text, exact.text, name)
    if (answer.mask.some((yes, t) => (yes === 1) !== exact.trained[t])) differing.add(name)
  }
  assert.ok(compared > 900, `${compared} conversations were compared`)
  assert.deepEqual([...differing], [])
})

async function markAll(folder: string): Promise<Survey> {
  const wholly: Case[] = []
  const others: Record<string, string> = {}
  for (const name of readdirSync(folder).filter(name => name.endsWith('.jinja') && !NO_CHAT.test(name))) {
    const source = readFileSync(join(folder, name), 'utf8')
    const tokenizer = await makeTokenizer(source)
    const stopIds = new Set(STOPS.flatMap(stop => tokenizer.tokenToId(stop) ?? []))
    const context: MaskContext = { tokenizer, templates: [], specialTokens, stopIds }
    try {
      const marked = markTemplate(source, context, name)
      const isWhole = marked.checked.every(({ row }) => row.differences.length === 0)
      if (isWhole) wholly.push({ name, source, marked, context })
      else others[name] = 'partly'
    } catch (error) {
      if (!(error instanceof LosslineError && error.code.startsWith('mark/'))) throw error
      if (error.code !== 'mark/marked') others[name] = error.code
    }
  }
  return { wholly, others }
}

function tryMask(
  conversation: Conversation,
  context: MaskContext,
): { text: string; usesClock: boolean; trained: boolean[] } | undefined {
  try {
    const [masked] = maskExample(conversation, context, { strategy: 'assistant', unroll: 'never' })
    const { text, usesClock } = masked!.rendered
    return { text, usesClock, trained: Array.from(masked!.weights, weight => weight !== 0) }
  } catch (error) {
    if (error instanceof LosslineError) return undefined
    throw error
  }
}
