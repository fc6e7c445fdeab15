import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { writeFloats, writeInts } from './number-text.ts'

const bytes = Buffer.alloc(1 << 16)
const EDGES = [0, -1, 9, 10, 99, 100, -100, 151_935, 999_999_999, 1_000_000_000, 2 ** 31 - 1, -(2 ** 31)]

test('writes whole numbers as JSON.stringify does', () => {
  const check = (values: Int32Array) => {
    const end = writeInts(values, bytes, 3)
    assert.equal(`[${bytes.toString('latin1', 3, end)}]`, JSON.stringify([...values]))
  }
  check(Int32Array.from(EDGES))
  fc.assert(fc.property(fc.int32Array(), check))
})

test('writes float32 numbers so that they are read again, and none as a whole number', () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true }), values => {
      const text = bytes.toString('latin1', 0, writeFloats(values, bytes, 0))
      const read = Float32Array.from(JSON.parse(`[${text}]`) as number[])
      // Object.is would tell 0 from -0, which no weight is.
      assert.ok(values.every((value, i) => value === read[i]))
      for (const number of text.split(',')) assert.match(number, /^$|[.e]/)
    }),
  )
})

test('writes float32 numbers in the fewest digits', () => {
  const values = Float32Array.of(0.1, 1, 0, 0.3, 1 / 3, 1e-7)
  const end = writeFloats(values, bytes, 0)
  assert.equal(bytes.toString('latin1', 0, end), '0.1,1.0,0.0,0.3,0.33333334,1e-7')
})
