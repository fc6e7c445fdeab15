import assert from 'node:assert/strict'
import { test } from 'node:test'
import { detectFormat, parseRow } from './index.ts'

const MESSAGES = [
  { role: 'user', content: 'a' },
  { role: 'assistant', content: 'b' },
]

test('lists in JSON text, as in the cells of CSV, read as the lists', () => {
  const turns = [
    { from: 'human', value: 'a' },
    { from: 'gpt', value: 'b' },
  ]
  const rows = [
    { messages: MESSAGES, chat_template_kwargs: { enable_thinking: false } },
    { conversations: turns, documents: [{ title: 't' }] },
    { instruction: 'a', output: 'b', history: [['c', 'd']] },
  ]
  for (const row of rows) {
    const cells = Object.entries(row).map(([column, value]) => [
      column,
      typeof value === 'string' ? value : JSON.stringify(value),
    ])
    assert.deepEqual(parseRow(Object.fromEntries(cells)), parseRow(row))
  }
})

test('an empty cell is an absent one', () => {
  const row = { messages: JSON.stringify(MESSAGES), conversations: '', documents: ' ', history: '' }
  assert.equal(detectFormat(row), 'messages')
  assert.deepEqual(parseRow(row), parseRow({ messages: MESSAGES }))
})

test('says where text is no JSON, and that other text is no list', () => {
  assert.throws(() => parseRow({ messages: '[{"role"' }), {
    code: 'conversation/json-text',
    where: 'messages',
  })
  assert.throws(() => parseRow({ messages: 'hello' }), { code: 'conversation/messages-type' })
})
