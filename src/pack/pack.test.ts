import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeRows, toLists } from '../../test/pack/token-rows.ts'
import { sliceRows } from '../dataset/index.ts'
import {
  countBestFitPacks,
  countPackedTokens,
  countPacks,
  findPackOffsets,
  PACKING_STRATEGIES,
  PackMemory,
  type Packs,
  packBestFit,
  packBestFitSplit,
  packingEfficiency,
  packRows,
  packWrapped,
  slicePacks,
} from './index.ts'

/** Each pack as `sequence:start+tokens …`. */
const toText = ({ offsets, sequences, startTokens, lengths }: Packs) =>
  Array.from({ length: offsets.length - 1 }, (_, pack) =>
    Array.from(sequences.subarray(offsets[pack], offsets[pack + 1]), (sequence, i) => {
      const part = offsets[pack]! + i
      return `${sequence}:${startTokens[part]}+${lengths[part]}`
    }).join(' '),
  )

test('packs the example of TRL’s documentation', () => {
  const lengths = [5, 2, 3, 1]
  assert.deepEqual(toText(packBestFit(lengths, 4)), ['0:0+4', '2:0+3 3:0+1', '1:0+2'])
  assert.deepEqual(toText(packBestFitSplit(lengths, 4)), ['0:0+4', '2:0+3 0:4+1', '1:0+2 3:0+1'])
  assert.deepEqual(toText(packWrapped(lengths, 4)), ['0:0+4', '0:4+1 1:0+2 2:0+1', '2:1+2 3:0+1'])
})

test('fills packs with the end of a long sequence, or loses it, and leaves an empty one out', () => {
  const sequences = [[1, 2], [3, 4, 5, 6, 7, 8, 9], [10], [], [11, 12, 13], [14, 15, 16, 17, 18]]
  const lengths = sequences.map(({ length }) => length)
  const rows = { ...makeRows(lengths), inputIds: Int32Array.from(sequences.flat()) }
  const pack = (packs: Packs): readonly unknown[] => {
    const { inputIds, offsets } = packRows(rows, packs)
    return [toLists(inputIds, offsets), toText(packs).map(parts => parts.split(' ').map(toLength))]
  }
  const toLength = (part: string): number => Number(part.split('+')[1])
  const [cut, split] = [packBestFit(lengths, 5), packBestFitSplit(lengths, 5)]
  const [first, second, third] = [
    [3, 4, 5, 6, 7],
    [14, 15, 16, 17, 18],
    [11, 12, 13, 1, 2],
  ]
  assert.deepEqual(pack(cut), [
    [first, second, third, [10]],
    [[5], [5], [3, 2], [1]],
  ])
  assert.deepEqual(pack(split), [
    [first, second, third, [8, 9, 10]],
    [[5], [5], [3, 2], [2, 1]],
  ])
  assert.deepEqual([countPackedTokens(cut), countPackedTokens(split)], [16, 18])
})

test('takes the pack that came to have a space first, not the one opened first', () => {
  // 9 and 8 leave 3 free in the second pack before 4 does in the first.
  assert.deepEqual(toText(packBestFit([13, 9, 8, 4, 3], 20)), ['0:0+13 3:0+4', '1:0+9 2:0+8 4:0+3'])
})

const lengths = fc.array(fc.nat(60), { maxLength: 300, size: 'max' })
const maxLength = fc.integer({ min: 1, max: 70 })

for (const strategy of Object.values(PACKING_STRATEGIES)) {
  test(`${strategy.name} puts each token into one pack${strategy.cuts ? ', but for what it cuts' : ''}`, () => {
    fc.assert(
      fc.property(lengths, maxLength, (lengths, maxLength) => {
        const packs = strategy.pack(lengths, maxLength)
        const kept = lengths.map(length => (strategy.cuts ? Math.min(length, maxLength) : length))
        const expected = kept.flatMap((length, s) => Array.from({ length }, (_, t) => `${s}:${t}`))
        const found = Array.from(packs.sequences).flatMap((s, part) =>
          Array.from({ length: packs.lengths[part]! }, (_, t) => `${s}:${packs.startTokens[part]! + t}`),
        )
        assert.deepEqual(found.toSorted(), expected.toSorted())
        assert.equal(countPackedTokens(packs), expected.length)
      }),
    )
  })

  test(`${strategy.name} fills no pack over the limit and leaves none empty`, () => {
    fc.assert(
      fc.property(lengths, maxLength, (lengths, maxLength) => {
        const { offsets } = packRows(makeRows(lengths), strategy.pack(lengths, maxLength))
        for (let pack = 0; pack + 1 < offsets.length; pack++) {
          const length = offsets[pack + 1]! - offsets[pack]!
          assert.ok(length > 0 && length <= maxLength, `${length} tokens`)
        }
      }),
    )
  })
}

test('packs the ids, labels and weights of a token together', () => {
  fc.assert(
    fc.property(lengths, maxLength, (lengths, maxLength) => {
      const rows = makeRows(lengths)
      for (const strategy of Object.values(PACKING_STRATEGIES)) {
        const packed = packRows(rows, strategy.pack(lengths, maxLength))
        // makeRows counts ids up from 0: an id is the token's index.
        assert.deepEqual(
          packed.labels,
          packed.inputIds.map(t => rows.labels[t]!),
        )
        assert.deepEqual(
          packed.lossWeights,
          Float32Array.from(packed.inputIds, t => rows.lossWeights![t]!),
        )
      }
    }),
  )
})

test('counts positions from 0 in each sequence, or in each pack where boundaries go', () => {
  const rows = makeRows([5, 2, 3, 1])
  const positionsOf = (packs: Packs) => {
    const { positionIds, offsets } = packRows(rows, packs, { positionIds: true })
    return toLists(positionIds!, offsets)
  }
  assert.deepEqual(positionsOf(packBestFitSplit([5, 2, 3, 1], 4)), [
    [0, 1, 2, 3],
    [0, 1, 2, 0],
    [0, 1, 0],
  ])
  assert.deepEqual(positionsOf(packWrapped([5, 2, 3, 1], 4)), [
    [0, 1, 2, 3],
    [0, 1, 2, 3],
    [0, 1, 2],
  ])
})

test('counts from lengths alone the packs that best fit would make', () => {
  fc.assert(
    fc.property(lengths, maxLength, (lengths, maxLength) => {
      const histogram = new Float64Array(61)
      for (const length of lengths) histogram[length]!++
      assert.equal(countBestFitPacks(histogram, maxLength), countPacks(packBestFit(lengths, maxLength)))
    }),
  )
})

test('counts a billion sequences as fast as a thousand', () => {
  // Two of 4 leave 2, three of 3 leave 1; what is left of 2 goes five to a pack.
  assert.equal(countBestFitPacks([0, 0, 5e8, 9e8, 5e8], 10), 2.5e8 + 3e8 + 0.5e8)
})

test('tells how full packs are', () => {
  assert.equal(packingEfficiency(10, 3, 4), 10 / 12)
  assert.equal(packingEfficiency(0, 0, 4), 1)
})

test('makes no pack of nothing', () => {
  for (const strategy of Object.values(PACKING_STRATEGIES)) {
    assert.equal(countPacks(strategy.pack([], 4)), 0)
    assert.equal(countPacks(strategy.pack([0, 0], 4)), 0)
  }
})

test('says what a length limit has to be', () => {
  for (const strategy of Object.values(PACKING_STRATEGIES)) {
    for (const wrong of [0, -1, 1.5, Number.NaN, 2 ** 24 + 1]) {
      assert.throws(() => strategy.pack([1], wrong), { code: 'pack/max-length' })
    }
  }
})

test('packs no packs', () => {
  const packed = packRows(makeRows([1, 2]), packBestFit([1, 2], 4))
  assert.throws(() => packRows(packed, packBestFit([3], 4)), { code: 'pack/packed-already' })
})

test('lays out some packs as they lie among all', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(9)),
      fc.integer({ min: 1, max: 8 }),
      fc.nat(),
      fc.nat(),
      (lengths, maxLength, a, b) => {
        const rows = makeRows(lengths)
        for (const { pack } of Object.values(PACKING_STRATEGIES)) {
          const packs = pack(Int32Array.from(lengths), maxLength)
          const whole = packRows(rows, packs, { positionIds: true })
          const count = countPacks(packs)
          const [start, end] = [a % (count + 1), b % (count + 1)].sort((x, y) => x - y) as [number, number]
          const some = packRows(rows, slicePacks(packs, start, end), { positionIds: true })
          assert.deepEqual({ ...some, attentionMask: undefined }, sliceRows(whole, start, end))
          assert.deepEqual(findPackOffsets(packs), whole.offsets)
        }
      },
    ),
  )
})

test('lays packs into memory that others lay in before', () => {
  const rows = makeRows([4, 2, 3, 1, 6])
  const packs = packBestFit(Int32Array.from([4, 2, 3, 1, 6]), 6)
  const memory = new PackMemory()
  for (const [start, end] of [
    [0, 2],
    [1, 3],
    [0, 1],
  ] as const) {
    const some = slicePacks(packs, start, end)
    assert.deepEqual(packRows(rows, some, { memory }), packRows(rows, some))
  }
})
