import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { planAttention } from './plan-attention.ts'

const batches = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 8, maxLength: 20 }),
  blocks: fc.integer({ min: 1, max: 8 }),
  window: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
})

test('blocks cover every query once, and each sees all keys that its queries may see', () => {
  fc.assert(
    fc.property(batches, ({ lengths, blocks, window }) => {
      const sequences = Int32Array.from(lengths.flatMap((length, s) => Array<number>(length).fill(s)))
      const plan = planAttention(sequences, { blocks, window })
      const bounds = Array.from(plan.bounds, Number)
      assert.equal(bounds[0], 0)
      assert.equal(bounds[blocks], sequences.length)
      for (let b = 0; b < blocks; b++) {
        assert.ok(bounds[b]! < bounds[b + 1]!)
        const first = Number(plan.keyStarts[b])
        for (let query = bounds[b]!; query < bounds[b + 1]!; query++) {
          const start = Math.max(sequences.indexOf(sequences[query]!), query - (window ?? Infinity) + 1)
          assert.ok(first <= start)
          if (query === bounds[b]) assert.equal(first, start)
        }
      }
    }),
  )
})

test('a bound moves to the beginning of a sequence that is near', () => {
  const sequences = Int32Array.from({ length: 40 }, (_, t) => (t < 18 ? 0 : 1))
  const { bounds, keyStarts } = planAttention(sequences, { blocks: 2 })
  assert.deepEqual([...bounds], [0n, 18n, 40n])
  assert.deepEqual([...keyStarts], [0n, 18n])
})
