import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeBfloat16, decodeFloat16, encodeBfloat16, encodeFloat16 } from './half.ts'

const EVERY_PATTERN = Uint16Array.from({ length: 1 << 16 }, (_, i) => i)

const FORMATS = [
  { name: 'float16', decode: decodeFloat16, encode: encodeFloat16, largest: 0x7bff },
  { name: 'bfloat16', decode: decodeBfloat16, encode: encodeBfloat16, largest: 0x7f7f },
]

for (const { name, decode, encode, largest } of FORMATS) {
  const values = new Float32Array(EVERY_PATTERN.length)
  decode(EVERY_PATTERN, values)
  const encoded = (floats: Float32Array) => {
    const halves = new Uint16Array(floats.length)
    encode(floats, halves)
    return halves
  }

  test(`every ${name} that is a number comes back from float32 as it was, and a NaN stays one`, () => {
    const back = encoded(values)
    for (const [i, pattern] of EVERY_PATTERN.entries()) {
      if (!Number.isNaN(values[i]!)) assert.equal(back[i], pattern)
    }
    const nans = Float32Array.from(back.filter((_, i) => Number.isNaN(values[i]!)))
    assert.ok(nans.length > 100)
    const again = new Float32Array(nans.length)
    decode(Uint16Array.from(nans), again)
    assert.ok(again.every(Number.isNaN))
  })

  test(`float32 between two ${name}s goes to the nearer one, in the middle to the even one`, () => {
    // The middle of two neighbours is a float32, and so are the numbers just beside it.
    const bits = new Uint32Array(1)
    const float = new Float32Array(bits.buffer)
    for (let pattern = 0; pattern < largest; pattern++) {
      float[0] = (values[pattern]! + values[pattern + 1]!) / 2
      const middle = bits[0]!
      const beside = [middle - 1, middle, middle + 1].map(word => {
        bits[0] = word
        return float[0]!
      })
      const even = pattern + (pattern & 1)
      const expected = [pattern, even, pattern + 1]
      assert.deepEqual([...encoded(Float32Array.from(beside))], expected)
      assert.deepEqual(
        [...encoded(Float32Array.from(beside.map(value => -value)))],
        expected.map(half => half | 0x8000),
      )
    }
  })

  test(`what is past the largest ${name} by half a step becomes an infinity`, () => {
    const step = values[largest]! - values[largest - 1]!
    const [under, over] = encoded(
      Float32Array.of(values[largest]! + 0.49 * step, values[largest]! + 0.5 * step),
    )
    assert.equal(under, largest)
    assert.equal(over, largest + 1)
  })
}
