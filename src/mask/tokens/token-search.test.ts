import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { findStopTokens, findTokenAt, firstAtLeast } from './token-search.ts'

const arbIds = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 30 })

test('finds every stop token, in order', () => {
  fc.assert(
    fc.property(arbIds, fc.uniqueArray(fc.integer({ min: 0, max: 8 })), (ids, stops) => {
      const encoded = {
        text: '',
        ids: Int32Array.from(ids),
        starts: new Int32Array(),
        ends: new Int32Array(),
      }
      assert.deepEqual(
        findStopTokens(encoded, new Set(stops)),
        ids.flatMap((id, t) => (stops.includes(id) ? [t] : [])),
      )
    }),
  )
})

test('finds the first number that is large enough, and the first token that ends behind a character', () => {
  fc.assert(
    fc.property(arbIds, fc.integer({ min: -1, max: 8 }), (ids, least) => {
      const numbers = ids.toSorted((a, b) => a - b)
      const count = numbers.filter(number => number < least).length
      assert.equal(firstAtLeast(numbers, least), count)
      const ends = Int32Array.from(numbers)
      assert.equal(findTokenAt({ text: '', ids: ends, starts: ends, ends }, least - 1), count)
    }),
  )
})
