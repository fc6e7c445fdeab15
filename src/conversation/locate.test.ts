import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../json/index.ts'
import { locateMessages, locateStart } from './locate.ts'
import { parseRow, type RowOptions } from './parse-row.ts'

const ask = { role: 'user', content: 'Tide?' }
const answer = { role: 'assistant', content: 'High.' }
const ROWS: readonly (readonly [row: Json, start: readonly (string | number)[], options?: RowOptions])[] = [
  [{ messages: [ask, answer] }, ['messages', 0, 'content']],
  [{ messages: JSON.stringify([ask, answer]) }, ['messages', 0, 'content']],
  [{ prompt: [ask], completion: [answer] }, ['prompt', 0, 'content']],
  [{ conversations: [{ from: 'human', value: 'Tide?' }] }, ['conversations', 0, 'value']],
  [{ conversations: [{ from: 'human', value: 'Tide?' }], system: 'Short.' }, ['system']],
  [
    { dialog: [{ speaker: 'user', say: 'Tide?' }] },
    ['dialog', 0, 'say'],
    { columnMap: { dialog: 'messages', 'dialog.speaker': 'role', 'dialog.say': 'content' } },
  ],
  [{ text: 'Tide.' }, ['text']],
  [{ prompt: 'Tide?', completion: 'High.' }, ['prompt']],
  [{ instruction: 'Tide?', output: 'High.' }, ['instruction']],
  [{ instruction: 'Tide?', output: 'High.', history: [['a', 'b']] }, ['history', 0, 0]],
]

test('leads to the messages that the parser reads, in the row as the file has it', () => {
  for (const [row, , options] of ROWS) {
    const { example } = parseRow(row, options)
    for (const { path, content, message } of locateMessages(row, options)) {
      assert.equal(example.kind, 'conversation')
      assert.equal(follow(row, [...path, content.inFile]), example.messages[message]?.['content'])
    }
  }
})

test('leads to the text that the row starts with, where that stands in one place', () => {
  for (const [row, start, options] of ROWS) {
    const found = locateStart(row, options)
    if (start[0] === 'history') assert.equal(found, undefined)
    else assert.deepEqual(found, start)
  }
})

function follow(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((found, step) => {
    const inner: unknown = typeof found === 'string' ? JSON.parse(found) : found
    return (inner as Record<string | number, unknown>)[step]
  }, value)
}
