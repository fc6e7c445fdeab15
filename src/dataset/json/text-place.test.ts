import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { advance } from './text-place.ts'

test('counts lines, and columns in UTF-16 units, over bytes cut anywhere', () => {
  const anyText = fc.string({ unit: fc.constantFrom('a', '\n', 'é', '例', '😀', '𐀀'), maxLength: 40 })
  fc.assert(
    fc.property(anyText, anyText, fc.nat({ max: 3 }), (before, text, shift) => {
      const place = advance(advance({ line: 0, column: 0 }, Buffer.from(before)), shifted(text, shift))
      const lines = (before + text).split('\n')
      assert.deepEqual(place, { line: lines.length - 1, column: lines.at(-1)!.length })
    }),
  )
})

/** The bytes at any place of a buffer, as they are found there. */
function shifted(text: string, shift: number): Buffer {
  return Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).subarray(shift)
}
