import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyTokenRows, makeTokenRows, toListColumns } from '../../test/dataset/token-rows.ts'
import { concatRows, countRows, countTokens, sliceRows } from './token-rows.ts'

const anyCut = fc.tuple(anyTokenRows, fc.nat(30), fc.nat(30)).map(([rows, one, other]) => {
  const cuts = [one, other].map(cut => Math.min(cut, countRows(rows))).sort((a, b) => a - b)
  return { rows, start: cuts[0]!, end: cuts[1]! }
})

test('a slice has the rows of all columns between its ends', () => {
  fc.assert(
    fc.property(anyCut, ({ rows, start, end }) => {
      const whole = Object.entries(toListColumns([rows])).map(([name, lists]) => [
        name,
        lists.slice(start, end),
      ])
      assert.deepEqual(toListColumns([sliceRows(rows, start, end)]), Object.fromEntries(whole))
    }),
  )
})

test('slices put together are the rows that they were cut of', () => {
  fc.assert(
    fc.property(anyCut, ({ rows, start, end }) => {
      const ends = [0, start, end, countRows(rows)]
      const slices = ends.slice(1).map((to, i) => sliceRows(rows, ends[i]!, to))
      assert.deepEqual(concatRows(slices), rows)
      assert.equal(
        slices.reduce((sum, slice) => sum + countTokens(slice), 0),
        countTokens(rows),
      )
    }),
  )
})

const SHAPE = { lengths: [3, 2], seed: 4, isPacked: false, hasPositions: false, hasWeights: true }

test('rows without weights get those of their labels beside rows that have some', () => {
  const weighted = makeTokenRows(SHAPE)
  const labels = Int32Array.of(-100, 7, -100, 0, 9)
  const plain = { ...weighted, labels, lossWeights: undefined }
  assert.deepEqual(
    concatRows([plain, weighted]).lossWeights,
    Float32Array.of(0, 1, 0, 1, 1, ...weighted.lossWeights!),
  )
  assert.equal(concatRows([plain, plain]).lossWeights, undefined)
})

test('packs and rows are not put together', () => {
  const rows = makeTokenRows(SHAPE)
  assert.throws(() => concatRows([rows, makeTokenRows({ ...SHAPE, isPacked: true })]), RangeError)
})
