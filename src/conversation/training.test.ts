import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Json, parseJson } from '../json/index.ts'
import { type Conversation, parseRow } from './index.ts'

function conversation(row: Json): Conversation {
  const { example } = parseRow(row)
  assert(example.kind === 'conversation')
  return example
}

const user = { role: 'user', content: 'Hi' }
const assistant = { role: 'assistant', content: 'Hello.' }
/** A row whose second message is this one. */
const withMessage = (message: Json): Json => ({ messages: [user, message] })

test('takes weights out of the messages, whatever they are called', () => {
  const values: readonly (readonly [string, number])[] = [
    ['{"weight": 0}', 0],
    ['{"weight": 1.0}', 1],
    ['{"train": false}', 0],
    ['{"training": true}', 1],
    ['{"loss_weight": 0.25}', 0.25],
    ['{"loss_weight": 1, "train": true, "weight": null}', 1],
  ]
  for (const [text, weight] of values) {
    const extra = parseJson(text) as Record<string, Json>
    const { messages, training } = conversation(withMessage({ ...assistant, ...extra }))
    assert.deepEqual(messages, [user, assistant], text)
    assert.deepEqual(training, [undefined, { weight }], text)
  }
})

test("turns Axolotl's character ranges into UTF-16 ranges", () => {
  const anyChar = fc.constantFrom('a', ' ', 'é', '日', '👩', '🔬', '\u200d')
  fc.assert(
    fc.property(fc.array(anyChar, { minLength: 1 }), fc.nat(), fc.nat(), (chars, x, y) => {
      const begin = Math.min(x % chars.length, y % chars.length)
      const end = Math.max(x % chars.length, y % chars.length)
      const content = chars.join('')
      const detail = [{ begin_offset: begin, end_offset: end, train: false }]
      const { training } = conversation(withMessage({ role: 'assistant', content, training_detail: detail }))
      const range = training[1]!.detail![0]!
      assert.equal(content.slice(range.startChar, range.endChar), chars.slice(begin, end + 1).join(''))
      assert.equal(range.train, false)
    }),
  )
})
