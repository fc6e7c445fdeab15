import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../json/index.ts'
import { type Conversation, parseRow } from './index.ts'

function conversation(row: Json): Conversation {
  const { example } = parseRow(row)
  assert(example.kind === 'conversation')
  return example
}

test('joins alpaca columns as LLaMA-Factory does', () => {
  const row = {
    ...{ system: 'Be terse.', history: [['1 + 1?', '2']] },
    ...{ instruction: 'Add.', input: '2 + 2', output: '4' },
  }
  assert.deepEqual(conversation(row).messages, [
    { role: 'system', content: 'Be terse.' },
    { role: 'user', content: '1 + 1?' },
    { role: 'assistant', content: '2' },
    { role: 'user', content: 'Add.\n2 + 2' },
    { role: 'assistant', content: '4' },
  ])
  assert.equal(conversation({ instruction: 'Add.', input: '', output: '4' }).messages[0]!['content'], 'Add.')
})
