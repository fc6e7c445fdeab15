import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { fillLines, padLeftTo, padTo, widthOf, wrapWords } from './lines.ts'

const plain = (text: string): string => text
const texts = fc.array(
  fc.string({ unit: fc.constantFrom('a', '草', '😀', '·'), minLength: 1, maxLength: 30 }),
)

test('loses no character, keeps the order and the width', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 8, max: 40 }), (words, width) => {
      const spans = words.map(text => ({ text, paint: plain, endsLine: false }))
      const lines = fillLines(spans, width, '│', plain)
      assert.equal(lines.join('').replace(/[│↪]/g, ''), words.join(''))
      for (const line of lines) assert.ok(stringWidth(line) <= width)
    }),
  )
})

test('goes to a new line where a span says so, and takes a span to the next line whole', () => {
  const spans = ['ab⏎', 'cd', 'efgh'].map(text => ({ text, paint: plain, endsLine: text.endsWith('⏎') }))
  assert.deepEqual(fillLines(spans, 6, '│', plain), ['ab⏎', 'cd', 'efgh'])
  assert.deepEqual(fillLines(spans, 7, '│', plain), ['ab⏎', 'cd│efgh'])
})

test('measures as a terminal draws, on the fast way as on the slow', () => {
  const unit = fc.constantFrom('a', '~', ' ', '·', '⏎', '⇥', '⋯', '─', '│', '▌', '草', '😀', 'é')
  fc.assert(fc.property(fc.string({ unit }), text => assert.equal(widthOf(text), stringWidth(text))))
  assert.equal(padTo('草', 4), '草  ')
  assert.equal(padLeftTo('草', 4), '  草')
})

test('wraps words, and gives one that is too long a line of its own', () => {
  assert.deepEqual(wrapWords('a bc defghij k', 4), ['a bc', 'defghij', 'k'])
})
