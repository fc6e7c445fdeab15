import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addDifference, countDifference } from './align.ts'
import { alignIds } from './align-ids.ts'

const ids = fc.array(fc.nat(4), { maxLength: 40 })

function align(first: readonly number[], second: readonly number[]): Int32Array {
  const counterparts = new Int32Array(first.length).fill(-1)
  alignIds(
    first,
    second,
    [
      [0, first.length],
      [0, second.length],
    ],
    counterparts,
  )
  return counterparts
}

/** Length of the longest list that is a part of both: the textbook's table. */
function lengthInCommon(first: readonly number[], second: readonly number[]): number {
  let row = new Array<number>(second.length + 1).fill(0)
  for (const id of first) {
    const next = [0]
    for (let b = 0; b < second.length; b++)
      next.push(id === second[b] ? row[b]! + 1 : Math.max(next[b]!, row[b + 1]!))
    row = next
  }
  return row.at(-1)!
}

test('finds as many ids in common as there are, each once and in the order of both', () => {
  fc.assert(
    fc.property(ids, ids, (first, second) => {
      const found = [...align(first, second)].flatMap((b, a) => (b === -1 ? [] : [[a, b] as const]))
      for (const [a, b] of found) assert.equal(first[a], second[b])
      const others = found.map(([, b]) => b)
      assert.ok(others.every((b, i) => i === 0 || b > others[i - 1]!))
      assert.equal(found.length, lengthInCommon(first, second))
    }),
  )
})

test('aligns long lists that have nothing in common but their ends, in little time', () => {
  const make = (from: number): number[] => [
    ...[7, 7, 7],
    ...Array.from({ length: 40_000 }, (_, i) => from + i),
    ...[8, 8, 8],
  ]
  const found = align(make(10), make(1e6))
  assert.deepEqual([...found.subarray(0, 4)], [0, 1, 2, -1])
  assert.deepEqual([...found.subarray(-4)], [-1, 40_003, 40_004, 40_005])
  assert.equal(found.filter(b => b !== -1).length, 6)
})

test('finds what is the same behind a gap that takes more steps than one search has', () => {
  const gap = Array.from({ length: 3000 }, (_, i) => 10 + i)
  const same = Array.from({ length: 50 }, (_, i) => 5000 + i)
  const found = align([1, ...gap, ...same, 2], [1, ...same, 3])
  assert.ok(found.filter(b => b !== -1).length >= 1)
  assert.equal(align([1, ...gap.slice(0, 300), ...same, 2], [1, ...same, 3]).filter(b => b !== -1).length, 51)
})

test('counts tokens of one side alone, and those of both that weigh otherwise', () => {
  const run = (startToken: number, endToken: number, weight: number) => ({
    ...{ startToken, endToken, weight, message: 0, source: 0, reason: 0 },
  })
  const first = { tokens: 4, runs: [run(0, 2, 0), run(2, 4, 1)] }
  const second = { tokens: 5, runs: [run(0, 3, 0), run(3, 5, 1)] }
  const difference = countDifference(first, second, [0, 1, 2, -1])
  assert.deepEqual(difference, { onlyFirst: 1, onlySecond: 2, otherwise: 1 })
  assert.equal(addDifference(difference), 4)
  assert.deepEqual(countDifference(first, { ...second, tokens: 4 }, undefined), {
    ...{ onlyFirst: 0, onlySecond: 0, otherwise: 1 },
  })
})
