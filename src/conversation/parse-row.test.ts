import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describeError, LosslineError } from '../error.ts'
import { type Json, parseJson } from '../json/index.ts'
import { detectFormat, type FormatName, parseRow, type RowOptions } from './index.ts'

const DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url))
function failure(row: Json, options?: RowOptions): string {
  try {
    parseRow(row, options)
  } catch (error) {
    assert(error instanceof LosslineError, String(error))
    return describeError(error, 'flag')
  }
  throw new Error(`no error for ${JSON.stringify(row)}`)
}

const user = { role: 'user', content: 'Hi' }
const assistant = { role: 'assistant', content: 'Hello.' }
/** A row whose second message is this one. */
const withMessage = (message: Json): Json => ({ messages: [user, message] })

test('tells the format by the columns that have a value', () => {
  const rows: readonly (readonly [Json, FormatName | undefined])[] = [
    [{ messages: [user] }, 'messages'],
    [{ conversations: [user] }, 'messages'],
    [{ conversations: [{ from: 'human', value: 'Hi' }] }, 'from-value'],
    [{ messages: [{ from: 'human', value: 'Hi' }] }, 'from-value'],
    [{ prompt: 'a', completion: 'b' }, 'prompt-completion'],
    [{ prompt: [user], completion: [assistant], text: 'c' }, 'prompt-completion'],
    [{ prompt: 'a', messages: [user] }, 'messages'],
    [{ prompt: null, completion: null, messages: [user] }, 'messages'],
    [{ messages: null, conversations: [{ from: 'human', value: 'Hi' }] }, 'from-value'],
    [{ instruction: 'a', output: 'b' }, 'alpaca'],
    [{ text: 'a' }, 'text'],
    [{ question: 'a', answer: 'b' }, undefined],
    [['text'], undefined],
  ]
  for (const [row, format] of rows) assert.equal(detectFormat(row), format, JSON.stringify(row))
})

test('reports what is odd and usable', () => {
  const rows: readonly (readonly [Json, string, number | undefined])[] = [
    [withMessage({ ...assistant, loss_scale: 0.5 }), 'unknown-message-key', 1],
    [withMessage({ ...assistant, doTrain: true, constraint: 'none' }), 'unknown-message-key', 1],
    [
      withMessage({
        role: 'assistant',
        content: null,
        tool_calls: [{ function: { name: 'f', arguments: 'x' } }],
      }),
      'tool-call-unparseable',
      1,
    ],
    [{ messages: [user], system: 'Be terse.' }, 'field-ignored', undefined],
    [{ messages: [user], tools: [{ name: 'f', parameters: {} }] }, 'tool-without-function', undefined],
    [
      { system: 'Be terse.', conversations: [{ from: 'gpt', value: 'Hi', loss: 1 }] },
      'unknown-message-key',
      1,
    ],
    [{ prompt: [user], completion: [{ ...assistant, loss: 1 }] }, 'unknown-message-key', 1],
    [
      {
        system: 'One.',
        conversations: [
          { from: 'system', value: 'Two.' },
          { from: 'gpt', value: 'Hi' },
        ],
      },
      'field-ignored',
      undefined,
    ],
  ]
  for (const [row, rule, message] of rows) {
    const { findings } = parseRow(row)
    assert.deepEqual(
      findings.map(finding => [finding.rule, finding.message]),
      [[rule, message]],
    )
  }
})

test('gives an example or a LosslineError in one line for whatever row', () => {
  const words = [
    ...[
      'messages',
      'conversations',
      'prompt',
      'completion',
      'text',
      'instruction',
      'output',
      'history',
      'system',
      'tools',
    ],
    ...[
      'role',
      'content',
      'from',
      'value',
      'type',
      'tool_calls',
      'function',
      'name',
      'arguments',
      'weight',
      'train',
    ],
    ...[
      'training_detail',
      'begin_offset',
      'end_offset',
      'user',
      'assistant',
      'gpt',
      'function_call',
      'reasoning',
      '[{}]',
    ],
  ]
  const { row: anyRow } = fc.letrec<{ row: Json; value: Json }>(tie => ({
    row: fc.dictionary(fc.constantFrom(...words), tie('value')),
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>(null, 0, 1, true, '', ...words),
      fc.array(tie('value'), { maxLength: 2 }),
      tie('row'),
    ),
  }))
  fc.assert(
    fc.property(anyRow, fc.constantFrom(undefined, 'messages', 'from-value', 'alpaca'), (row, format) => {
      try {
        parseRow(row, format === undefined ? {} : { format: format as FormatName })
      } catch (error) {
        assert(error instanceof LosslineError, String(error))
        assert.doesNotMatch(describeError(error), /\n|undefined|\[object/)
      }
    }),
    { numRuns: 2000 },
  )
})

test('a forced format reads its columns even where another fits', () => {
  assert.deepEqual(parseRow({ messages: [user], text: 'a' }, { format: 'text' }).example, {
    kind: 'text',
    text: 'a',
  })
  assert.equal(
    failure({ text: 'a' }, { format: 'messages' }),
    'messages is missing; expected a list of messages. Write the messages as a list.',
  )
})

test('reads every row of ../shared/data', t => {
  if (!existsSync(DATA)) return t.skip('../shared is not here')
  const expected: Readonly<Record<string, readonly [FormatName, number]>> = {
    'alpaca_en_demo.json': ['alpaca', 999],
    'alpaca_zh_demo.json': ['alpaca', 1000],
    'axolotl_conversation.json': ['from-value', 1],
    'c4_demo.jsonl': ['text', 300],
    'glaive_toolcall_en_demo.json': ['from-value', 300],
    'glaive_toolcall_zh_demo.json': ['from-value', 300],
    'identity.json': ['alpaca', 91],
    'reason_tool_use_demo_50.jsonl': ['messages', 50],
    'tinker_conversations.jsonl': ['messages', 128],
    'v1_sft_demo.jsonl': ['messages', 500],
  }
  for (const [file, [format, count]] of Object.entries(expected)) {
    const text = readFileSync(`${DATA}${file}`, 'utf8')
    const lines = file.endsWith('.jsonl')
      ? text
          .split('\n')
          .filter(line => line !== '')
          .map(parseJson)
      : undefined
    const rows = lines ?? [parseJson(text)].flat()
    assert.equal(rows.length, count, file)
    for (const row of rows) {
      const parsed = parseRow(row)
      assert.equal(parsed.format, format, file)
      assert.equal(parsed.example.kind, format === 'text' ? 'text' : 'conversation', file)
      const serious = parsed.findings.filter(({ severity }) => severity !== 'info')
      assert.deepEqual(serious, [], file)
    }
  }
})
