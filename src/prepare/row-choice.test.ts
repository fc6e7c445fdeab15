import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { InputSpec } from './options.ts'
import { chooseRows } from './row-choice.ts'

/** Rows taken, over all passes, of an input that is cut into chunks of these sizes. */
function takeAll(spec: InputSpec, chunks: readonly number[], seed: number): number[] {
  const total = chunks.reduce((sum, count) => sum + count, 0)
  const { passes, choose } = chooseRows(spec, total, seed)
  const taken: number[] = []
  for (let pass = 0; pass < passes; pass++) {
    const choice = choose(pass)
    let start = 0
    for (const count of chunks) {
      const rows = choice?.(count) ?? Uint32Array.from({ length: count }, (_, i) => i)
      for (const row of rows) taken.push(start + row)
      start += count
    }
  }
  return taken
}

test('takes exactly as many samples as asked for, each row as often as any other but for one', () => {
  const chunks = fc
    .array(fc.nat(20), { minLength: 1, maxLength: 5 })
    .filter(sizes => sizes.some(size => size > 0))
  fc.assert(
    fc.property(chunks, fc.integer({ min: 1, max: 200 }), fc.nat(), (sizes, samples, seed) => {
      const taken = takeAll({ path: 'x', samples }, sizes, seed)
      assert.equal(taken.length, samples)
      const counts = sizes.flatMap(size => Array<number>(size).fill(0))
      for (const row of taken) counts[row]!++
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1)
    }),
  )
})

test('takes the same rows however the input is cut', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0.01, max: 3, noNaN: true }),
      (count, weight) => {
        const spec = { path: 'x', weight }
        assert.deepEqual(takeAll(spec, Array<number>(count).fill(1), 7), takeAll(spec, [count], 7))
      },
    ),
  )
})

test('a weight takes its share of many rows', () => {
  const taken = takeAll({ path: 'x', weight: 1.25 }, [100_000], 1)
  assert.ok(Math.abs(taken.length / 125_000 - 1) < 0.01, String(taken.length))
  assert.equal(takeAll({ path: 'x' }, [5], 1).length, 5)
})
