import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Json } from '../json/index.ts'
import { type Conversation, parseRow } from './index.ts'

function conversation(row: Json): Conversation {
  const { example } = parseRow(row)
  assert(example.kind === 'conversation')
  return example
}

test('keeps every message of from/value rows, in order, with the words for roles translated', () => {
  const roles = {
    human: 'user',
    user: 'user',
    gpt: 'assistant',
    assistant: 'assistant',
    tool: 'tool',
    observation: 'tool',
  }
  const anyTurn = fc.record({
    from: fc.constantFrom(...(Object.keys(roles) as (keyof typeof roles)[])),
    value: fc.string(),
  })
  fc.assert(
    fc.property(fc.array(anyTurn, { minLength: 1 }), conversations => {
      assert.deepEqual(
        conversation({ conversations }).messages,
        conversations.map(({ from, value }) => ({ role: roles[from], content: value })),
      )
    }),
  )
})

test('a function_call becomes an assistant message with tool calls, an observation a tool message', () => {
  const { messages } = conversation({
    system: 'Use tools.',
    conversations: [
      { from: 'human', value: 'Weather?' },
      { from: 'function_call', value: '{"name": "weather", "arguments": {"days": 2.0}}' },
      { from: 'observation', value: '{"sky": "blue"}' },
      {
        from: 'function_call',
        value: '<think>Both.</think>\n\n[{"name": "a", "arguments": {}}, {"name": "b"}]',
      },
    ],
  })
  assert.equal(
    JSON.stringify(messages),
    JSON.stringify([
      { role: 'system', content: 'Use tools.' },
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ type: 'function', function: { name: 'weather', arguments: { days: { value: 2 } } } }],
      },
      { role: 'tool', content: '{"sky": "blue"}' },
      {
        role: 'assistant',
        content: '<think>Both.</think>\n\n',
        tool_calls: [
          { type: 'function', function: { name: 'a', arguments: {} } },
          { type: 'function', function: { name: 'b' } },
        ],
      },
    ]),
  )
})
