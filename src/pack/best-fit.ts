import { checkMaxLength } from './check.ts'
import { FreeSpace } from './free-space.ts'
import type { Packs, Parts } from './packs.ts'

/**
 * Packs sequences best fit, longest first, as TRL's `packing_strategy: 'bfd'`; what is longer than `maxLength` is cut to it.
 *
 * @param lengths tokens of each sequence; zeros are left out
 * @returns packs in the order in which they were opened. 5, 2, 3, 1 with maxLength 4 → [0 cut to 4] [2, 3] [1]
 * @throws LosslineError `pack/max-length`
 */
export function packBestFit(lengths: ArrayLike<number>, maxLength: number): Packs {
  checkMaxLength(maxLength)
  return fillPacks(cutEach(lengths, maxLength), maxLength)
}

/**
 * Packs sequences best fit, longest first, as TRL's `packing_strategy: 'bfd_split'`; what is longer than `maxLength` is split into parts of
 * `maxLength` and a rest, so that no token is lost.
 *
 * @param lengths tokens of each sequence; zeros are left out
 * @returns packs in the order in which they were opened. 5, 2, 3, 1 with maxLength 4 → [0, its first 4] [2, the rest of 0] [1, 3]
 * @throws LosslineError `pack/max-length`
 */
export function packBestFitSplit(lengths: ArrayLike<number>, maxLength: number): Packs {
  checkMaxLength(maxLength)
  return fillPacks(splitEach(lengths, maxLength), maxLength)
}

/** One part for each sequence. */
function cutEach(lengths: ArrayLike<number>, maxLength: number): Parts {
  let count = 0
  for (let s = 0; s < lengths.length; s++) if (lengths[s]! > 0) count++
  const parts = makeParts(count)
  for (let s = 0, p = 0; s < lengths.length; s++) {
    if (lengths[s]! <= 0) continue
    parts.sequences[p] = s
    parts.lengths[p++] = Math.min(lengths[s]!, maxLength)
  }
  return parts
}

/** Parts of `maxLength`, the last of each sequence as long as what is left. */
function splitEach(lengths: ArrayLike<number>, maxLength: number): Parts {
  let count = 0
  for (let s = 0; s < lengths.length; s++) count += Math.ceil(lengths[s]! / maxLength)
  const parts = makeParts(count)
  for (let s = 0, p = 0; s < lengths.length; s++) {
    for (let start = 0; start < lengths[s]!; start += maxLength) {
      parts.sequences[p] = s
      parts.startTokens[p] = start
      parts.lengths[p++] = Math.min(lengths[s]! - start, maxLength)
    }
  }
  return parts
}

function makeParts(count: number): Parts {
  return {
    sequences: new Int32Array(count),
    startTokens: new Int32Array(count),
    lengths: new Int32Array(count),
  }
}

/** Best fit, longest first. Parts of one length keep their order; of packs with the same space the one that came to have it first is taken. */
function fillPacks(parts: Parts, maxLength: number): Packs {
  const { order, ends } = sortLongestFirst(parts.lengths, maxLength)
  const packOf = new Int32Array(order.length)
  const free = new FreeSpace(maxLength, order.length)
  let packCount = 0
  let i = 0
  for (let length = maxLength; length > 0; length--) {
    for (; i < ends[length]!; i++) {
      const space = free.findSmallest(length)
      const pack = space === maxLength ? packCount++ : free.take(space)
      packOf[i] = pack
      if (space > length) free.add(space - length, pack)
    }
  }
  return { maxLength, ...groupByPack(parts, order, packOf, packCount), keepsBoundaries: true }
}

/**
 * Sorts parts longest first, those of one length in their order. Counts instead of comparing: lengths are at most `maxLength`.
 *
 * @returns their indexes, and for each length where its parts end among them
 */
function sortLongestFirst(
  lengths: Int32Array,
  maxLength: number,
): { readonly order: Int32Array; readonly ends: Int32Array } {
  // Where the parts of a length begin, and as they are put there, where the next one goes: at last, where they end.
  const ends = new Int32Array(maxLength + 2)
  for (let p = 0; p < lengths.length; p++) ends[lengths[p]! - 1]!++
  for (let length = maxLength - 1; length >= 0; length--) ends[length]! += ends[length + 1]!
  const order = new Int32Array(lengths.length)
  for (let p = 0; p < lengths.length; p++) order[ends[lengths[p]!]!++] = p
  return { order, ends }
}

/** Parts in the order of their packs, and in each pack in the order in which they were laid into it. */
function groupByPack(
  parts: Parts,
  order: Int32Array,
  packOf: Int32Array,
  packCount: number,
): Parts & Pick<Packs, 'offsets'> {
  const offsets = new Int32Array(packCount + 1)
  for (let i = 0; i < packOf.length; i++) offsets[packOf[i]! + 1]!++
  for (let pack = 0; pack < packCount; pack++) offsets[pack + 1]! += offsets[pack]!
  const nextAt = offsets.slice(0, packCount)
  const grouped = makeParts(order.length)
  for (let i = 0; i < order.length; i++) {
    const at = nextAt[packOf[i]!]!++
    const part = order[i]!
    grouped.sequences[at] = parts.sequences[part]!
    grouped.startTokens[at] = parts.startTokens[part]!
    grouped.lengths[at] = parts.lengths[part]!
  }
  return { offsets, ...grouped }
}
