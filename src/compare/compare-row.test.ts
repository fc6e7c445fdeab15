import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeConversation } from '../../test/mask/conversations.ts'
import { makeTokenizer } from '../../test/mask/tokenizer.ts'
import { type Conversation, type Example, parseRow } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import type { MaskContext } from '../mask/index.ts'
import { ChatTemplate } from '../template/index.ts'
import { type ComparedRow, compareRow } from './compare-row.ts'
import { findMarkers } from './markers.ts'
import { TOOLS, type ToolName } from './tools.ts'

const CHATML =
  "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

async function makeContext(template = CHATML): Promise<MaskContext> {
  const tokenizer = await makeTokenizer(CHATML)
  return {
    tokenizer,
    templates: [ChatTemplate.compile(template)],
    specialTokens: { eos_token: '<|im_end|>', pad_token: '<pad>' },
    stopIds: new Set([tokenizer.tokenToId('<|im_end|>')!]),
  }
}

const context = await makeContext()
const messages = ['Q', 'one', 'R', 'two', 'S', 'three'].map((content, m) => ({
  role: m % 2 === 0 ? 'user' : 'assistant',
  content,
}))
const { example: three } = parseRow({ messages })

function compare(name: ToolName, example: Example = three, given = context): ComparedRow {
  const { response, instruction } = findMarkers(given)
  const options = {
    ...(TOOLS[name].markers.includes('response') && { responseTemplate: response! }),
    ...(TOOLS[name].markers.includes('instruction') && { instructionTemplate: instruction! }),
  }
  return compareRow(example, TOOLS[name], given, options)
}

/** The kinds with their texts, in order. */
const toTexts = ({ differences }: ComparedRow): string[] =>
  differences.map(({ kind, message, text }) => `${kind} ${message} ${JSON.stringify(text)}`)

test('the completion-only collator trains the last of three answers, and the newline behind it', () => {
  const row = compare('trl-completion-only')
  assert.deepEqual(toTexts(row), [
    'turn-lost 1 "one<|im_end|>"',
    'turn-lost 3 "two<|im_end|>"',
    'after-stop-trained 5 "\\n"',
  ])
  assert.deepEqual([row.answers, row.found, row.whole], [3, 1, 1])
  assert.deepEqual([row.answerTokens, row.trainedAnswerTokens, row.otherTokens], [14, 6, 1])
})

test('a conversation split into prompt and completion trains the last answer alone', () => {
  const row = compare('trl-prompt-completion')
  assert.deepEqual([row.answers, row.found, row.otherTokens], [3, 1, 1])
})

test('of a row of prompt and completion no more is meant than the completion', () => {
  const { example } = parseRow({ prompt: messages.slice(0, 3), completion: messages.slice(3, 4) })
  const row = compare('trl-prompt-completion', example)
  assert.deepEqual([row.answers, row.found, row.whole], [1, 1, 1])
  assert.deepEqual(toTexts(row), ['after-stop-trained 3 "\\n"'])
})

test('plain prompt and completion are trained as they are meant', () => {
  const { example } = parseRow({ prompt: 'a', completion: 'b' })
  assert.deepEqual(compare('trl-prompt-completion', example).differences, [])
})

test('without marks nothing is trained; with marks that leave the end out, no stop token', async () => {
  assert.equal(compare('transformers').found, 0)
  const marked = CHATML.replace(
    "+ m['content'] + '<|im_end|>' + '\\n' }}",
    "}}{% generation %}{{ m['content'] }}{% endgeneration %}{{ '<|im_end|>' + '\\n' }}",
  )
  const row = compare('trl-assistant-only', three, await makeContext(marked))
  assert.deepEqual(toTexts(row).slice(0, 3), [
    'prompt-trained 0 "Q"',
    'stop-lost 1 "<|im_end|>"',
    'prompt-trained 2 "R"',
  ])
})

test('Unsloth and Axolotl train every answer of ChatML whole, whatever the EOS is', () => {
  for (const name of ['unsloth', 'axolotl'] as const) assert.deepEqual(toTexts(compare(name)), [], name)
})

test('Axolotl does not train a stop token that is not the EOS', () => {
  const row = compare('axolotl', three, { ...context, specialTokens: { eos_token: '</s>' } })
  assert.deepEqual(toTexts(row), [
    'stop-lost 1 "<|im_end|>"',
    'stop-lost 3 "<|im_end|>"',
    'stop-lost 5 "<|im_end|>"',
  ])
})

test('LLaMA-Factory makes an example of each answer, and refuses one that does not start with its prompt', async () => {
  const row = compare('llamafactory')
  assert.deepEqual([row.answers, row.whole, row.otherTokens], [3, 3, 3])
  const opened = await makeContext(CHATML.replace("assistant\\n' }}{% endif", "assistant\\n<' }}{% endif"))
  const refused = compare('llamafactory', three, opened)
  assert.match(refused.refusal?.text ?? '', /LLaMA-Factory refuses it/)
  assert.deepEqual([refused.answers, refused.differences], [0, []])
})

test('plain text has no answers', () => {
  assert.equal(compare('unsloth', { kind: 'text', text: 'a' }).answers, 0)
})

test('the counts of every tool add up, on conversations at random', () => {
  const seeds = fc.integer({ min: 1, max: 10_000 })
  fc.assert(
    fc.property(seeds, fc.constantFrom(...(Object.keys(TOOLS) as ToolName[])), (seed, name) => {
      const row = tryCompare(name, makeConversation(seed))
      if (row === undefined || row.refusal !== undefined) return
      const count = (isLost: boolean): number =>
        row.differences
          .filter(({ kind }) => kind.endsWith('-lost') === isLost)
          .reduce((sum, { startToken, endToken }) => sum + endToken - startToken, 0)
      assert.equal(count(true), row.answerTokens - row.trainedAnswerTokens)
      assert.equal(count(false), row.otherTokens)
      assert.ok(row.whole <= row.found && row.found <= row.answers)
    }),
    { numRuns: 200, seed: 20 },
  )
})

/** Undefined where the tool refuses the row: an empty answer has no place for Axolotl, a generation prompt may disagree. */
function tryCompare(name: ToolName, conversation: Conversation): ComparedRow | undefined {
  try {
    return compare(name, conversation)
  } catch (error) {
    if (error instanceof LosslineError) return undefined
    throw error
  }
}
