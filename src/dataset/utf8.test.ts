import assert from 'node:assert/strict'
import { isUtf8 } from 'node:buffer'
import { test } from 'node:test'
import fc from 'fast-check'
import { findBrokenByte } from './not-utf8.ts'

test('finds the first byte that Node does not take for UTF-8', () => {
  // Bytes from the edges of the table of well-formed sequences, so that nearly right ones come up.
  const edges = [
    0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
  ]
  const anyByte = fc.oneof(fc.constantFrom(...edges, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff), fc.nat(255))
  const anyBytes = fc.oneof(
    fc.array(anyByte).map(bytes => Buffer.from(bytes)),
    fc
      .tuple(fc.string({ unit: 'binary' }), anyByte)
      .map(([text, byte]) => Buffer.from([...Buffer.from(text), byte])),
  )
  fc.assert(
    fc.property(anyBytes, bytes => {
      const at = findBrokenByte(bytes)
      assert(isUtf8(bytes.subarray(0, at)))
      assert.equal(at === bytes.length, isUtf8(bytes))
      // The character that starts there can't be completed by what follows it.
      for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
        assert(!isUtf8(bytes.subarray(at, at + length)))
      }
    }),
    { numRuns: 500 },
  )
})

test('takes the same pairs of first and second bytes as Node', () => {
  for (let pair = 0; pair < 0x10000; pair++) {
    const bytes = Buffer.from([pair >> 8, pair & 0xff, 0x80, 0x80])
    for (let length = 2; length <= 4; length++) {
      const some = bytes.subarray(0, length)
      if (isUtf8(some) !== (findBrokenByte(some) === length)) assert.fail(some.toString('hex'))
    }
  }
})
