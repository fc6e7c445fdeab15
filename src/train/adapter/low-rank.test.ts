import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addUpdate, rowNorms, scaleRows } from './low-rank.ts'

const CASE = fc.record({
  outputs: fc.integer({ min: 1, max: 5 }),
  inputs: fc.integer({ min: 1, max: 6 }),
  rank: fc.integer({ min: 1, max: 5 }),
  scaling: fc.constantFrom(1, 0.5, 3),
  fanInFanOut: fc.boolean(),
  seed: fc.nat(1000),
})

/** Small whole numbers, so that every sum is exact. */
function numbers(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => ((i * 7 + seed * 13 + ((i * i) % 11)) % 9) - 4)
}

test('the update of each weight is the product of its row of B and its column of A, scaled', () => {
  fc.assert(
    fc.property(CASE, ({ outputs, inputs, rank, scaling, fanInFanOut, seed }) => {
      const weight = numbers(outputs * inputs, seed)
      const a = numbers(rank * inputs, seed + 1)
      const b = numbers(outputs * rank, seed + 2)
      const updated = Float32Array.from(weight)
      addUpdate(updated, { a, b, rank, scaling }, fanInFanOut)
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < inputs; i++) {
          const at = fanInFanOut ? i * outputs + o : o * inputs + i
          let sum = 0
          for (let k = 0; k < rank; k++) sum += b[o * rank + k]! * a[k * inputs + i]!
          assert.equal(updated[at], weight[at]! + scaling * sum)
        }
      }
    }),
  )
})

test('rows are measured and scaled by output, whichever way the weight lies', () => {
  const byOutput = Float32Array.of(3, 4, 6, 8)
  assert.deepEqual(rowNorms(byOutput, 2, false), Float32Array.of(5, 10))
  const byInput = Float32Array.of(3, 6, 4, 8)
  assert.deepEqual(rowNorms(byInput, 2, true), Float32Array.of(5, 10))
  scaleRows(byOutput, Float64Array.of(2, 0.5), false)
  assert.deepEqual(byOutput, Float32Array.of(6, 8, 3, 4))
  scaleRows(byInput, Float64Array.of(2, 0.5), true)
  assert.deepEqual(byInput, Float32Array.of(6, 3, 8, 4))
})
