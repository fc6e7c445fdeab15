import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LosslineError } from '../error.ts'
import { parseRow } from './parse-row.ts'

test('reads columns and keys under the names that they are given', () => {
  const row = {
    id: 3,
    dialog: [
      { speaker: 'user', text: 'Hi' },
      { speaker: 'assistant', text: 'Hello' },
    ],
  }
  const columnMap = { dialog: 'messages', 'dialog.speaker': 'role', 'dialog.text': 'content' }
  const { example, format } = parseRow(row, { columnMap })
  assert.equal(format, 'messages')
  assert.deepEqual(example.kind === 'conversation' && example.messages, [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello' },
  ])
})

test('renames plain columns', () => {
  const { example } = parseRow(
    { question: 'a', answer: 'b' },
    { columnMap: { question: 'prompt', answer: 'completion' } },
  )
  assert.deepEqual(example, { kind: 'prompt-completion', prompt: 'a', completion: 'b' })
})

test('says which columns there are when it finds none of that name, and when two would have one', () => {
  const fails = (columnMap: Record<string, string>): string => {
    try {
      parseRow({ question: 'a', prompt: 'b' }, { columnMap })
    } catch (error) {
      if (error instanceof LosslineError) return error.message
    }
    return 'no error'
  }
  assert.match(fails({ ask: 'prompt' }), /has no column "ask"; it has "question", "prompt"/)
  assert.match(fails({ question: 'prompt' }), /two columns would be "prompt"/)
})
