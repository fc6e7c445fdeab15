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
const assistant = { role: 'assistant', content: 'Hello.' }

test('a prompt and a completion of messages are one conversation that knows its prompt', () => {
  const { messages, promptLength } = conversation({
    prompt: [user, assistant, user],
    completion: [assistant],
  })
  assert.deepEqual(messages, [user, assistant, user, assistant])
  assert.equal(promptLength, 3)
  const strings = { prompt: 'a', completion: 'b' }
  assert.deepEqual(parseRow(strings).example, { kind: 'prompt-completion', ...strings })
  const from = conversation({
    prompt: [{ from: 'human', value: 'Hi' }],
    completion: [{ from: 'gpt', value: 'Hello.' }],
  })
  assert.deepEqual(from.messages, [user, assistant])
})
