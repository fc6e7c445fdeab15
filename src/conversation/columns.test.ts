import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../json/index.ts'
import { type Conversation, parseRow } from './index.ts'

function conversation(row: Json): Conversation {
  const { example } = parseRow(row)
  assert(example.kind === 'conversation')
  return example
}

const user = { role: 'user', content: 'Hi' }

test('hands over tools, documents and the row’s own template variables', () => {
  const tools = [{ name: 'f', parameters: {} }]
  for (const written of [tools, JSON.stringify(tools)] as readonly Json[]) {
    assert.deepEqual(conversation({ messages: [user], tools: written }).tools, tools)
  }
  for (const none of ['', ' ', null, 'null'] as readonly Json[]) {
    assert.equal(conversation({ messages: [user], tools: none }).tools, undefined)
  }
  assert.deepEqual(conversation({ messages: [user], tools: '[]' }).tools, [])
  const row = {
    messages: [user],
    documents: [{ text: 'x' }],
    chat_template_kwargs: { enable_thinking: false },
  }
  const { documents, chatTemplateKwargs } = conversation(row)
  assert.deepEqual([documents, chatTemplateKwargs], [[{ text: 'x' }], { enable_thinking: false }])
})

test('rows that repeat their tools share one object', () => {
  const row = { messages: [user], tools: '[{"name": "f"}]' }
  assert.equal(conversation(row).tools, conversation({ ...row }).tools)
})
