import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { describeError, LosslineError } from '../error.ts'
import { type Json, parseJson } from '../json/index.ts'
import { type Conversation, parseRow, type RowOptions } from './index.ts'

function conversation(row: Json, options?: RowOptions): Conversation {
  const { example } = parseRow(row, options)
  assert(example.kind === 'conversation')
  return example
}

function failure(row: Json): string {
  try {
    parseRow(row)
  } catch (error) {
    assert(error instanceof LosslineError, String(error))
    return describeError(error, 'flag')
  }
  throw new Error(`no error for ${JSON.stringify(row)}`)
}

const user = { role: 'user', content: 'Hi' }
const assistant = { role: 'assistant', content: 'Hello.' }

test('gives messages to the template with the keys and in the order that they have', () => {
  const anyKey = fc
    .string({ minLength: 1 })
    .filter(key => !/weight|train|loss|mask|label|^(from|value)$|^\d+$/i.test(key))
  const anyMessage = fc
    .record({
      role: fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool'),
      content: fc.oneof(fc.string(), fc.array(fc.record({ type: fc.constant('text'), text: fc.string() }))),
      extra: fc.dictionary(anyKey, fc.jsonValue({ maxDepth: 2 })),
      roleFirst: fc.boolean(),
    })
    .map(({ role, content, extra, roleFirst }) => {
      const { tool_calls: _, function_call: __, ...more } = extra
      return roleFirst ? { role, content, ...more } : { ...more, content, role }
    })
  fc.assert(
    fc.property(fc.array(anyMessage, { minLength: 1 }), messages => {
      const text = JSON.stringify({ messages })
      // Through JSON, so that -0 and prototypes are as in a file; compared as text, so that order counts.
      const row = JSON.parse(text) as Json
      const parsed = conversation(row)
      assert.equal(JSON.stringify({ messages: parsed.messages }), JSON.stringify(row))
      assert.equal(parsed.training.length, parsed.messages.length)
    }),
  )
})

test("LLaMA-Factory v1's parts become content, reasoning and tool calls", () => {
  const parts = [
    { type: 'reasoning', value: 'Hm.' },
    { type: 'text', value: 'One ' },
    { type: 'text', value: 'moment.' },
    { type: 'tool_call', value: '{"name": "f", "arguments": {"x": 1}}' },
  ]
  const row = { messages: [{ role: 'assistant', content: parts, loss_weight: 0.5 }] }
  const { messages, training } = conversation(row)
  assert.deepEqual(messages, [
    {
      role: 'assistant',
      content: 'One moment.',
      reasoning_content: 'Hm.',
      tool_calls: [{ type: 'function', function: { name: 'f', arguments: { x: 1 } } }],
    },
  ])
  assert.deepEqual(training, [{ weight: 0.5 }])
  const turned = parseRow({ messages: [{ role: 'assistant', content: parts.toReversed() }] })
  assert.deepEqual(
    turned.findings.map(({ rule, message }) => [rule, message]),
    [['content-altered', 0]],
  )
})

test('reads further roles that the caller names', () => {
  const roleMap = { bot: 'assistant', tool_call: 'function_call', ipython: 'ipython' }
  const messages = [
    { role: 'bot', content: 'Hello.' },
    { role: 'tool_call', content: '{"name": "f", "arguments": {}}' },
    { role: 'ipython', content: '4' },
  ]
  const parsed = conversation({ messages }, { roleMap })
  assert.deepEqual(
    parsed.messages.map(({ role }) => role),
    ['assistant', 'assistant', 'ipython'],
  )
})

test('takes null for absent, as rows from Arrow have it', () => {
  const nulls = { tool_calls: null, weight: null, function_call: null }
  const messages = [
    { from: 'human', role: null, value: 'Hi', content: null },
    { content: null, role: 'assistant', from: null, value: 'Hello.' },
    { ...assistant, ...nulls },
    { role: 'user', content: [{ type: 'text', text: 'Hi', value: null }] },
    { role: 'assistant', content: [{ type: 'text', text: null, value: 'Hello.' }] },
    { ...assistant, tool_calls: [{ function: null, name: 'f' }] },
  ]
  assert.deepEqual(conversation({ messages, tools: null, documents: null, system: null }), {
    kind: 'conversation',
    messages: [
      user,
      { ...assistant, from: null },
      { ...assistant, tool_calls: null, function_call: null },
      messages[3]!,
      assistant,
      messages[5]!,
    ],
    training: Array.from({ length: 6 }, () => undefined),
  })
})

test('a row with keys like array indexes, or named as a prototype, is read like any other', () => {
  const row = parseJson(
    '{"1": 2, "messages": [{"role": "user", "7": 1, "__proto__": {"content": "no"}, "content": "Hi"}]}',
  )
  const message = conversation(row).messages[0]!
  assert.equal(message['content'], 'Hi')
  assert.deepEqual(Object.keys(message).sort(), ['7', '__proto__', 'content', 'role'])
  assert.match(
    failure(parseJson('{"messages": [{"__proto__": {"role": "user"}, "content": "Hi"}]}')),
    /role is missing/,
  )
})
