import { checkMaxLength } from './check.ts'
import type { Packs } from './packs.ts'

/**
 * Lays all sequences end to end and cuts every `maxLength` tokens, as TRL's `packing_strategy: 'wrapped'`: every pack but the last is full,
 * and neither boundaries nor answers are looked at.
 *
 * @param lengths tokens of each sequence; zeros are left out
 * @returns 5, 2, 3, 1 with maxLength 4 → [0, its first 4] [the rest of 0, 1, the first of 2] [the rest of 2, 3]
 * @throws LosslineError `pack/max-length`
 */
export function packWrapped(lengths: ArrayLike<number>, maxLength: number): Packs {
  checkMaxLength(maxLength)
  const { packCount, partCount } = countParts(lengths, maxLength)
  const offsets = new Int32Array(packCount + 1)
  const sequences = new Int32Array(partCount)
  const startTokens = new Int32Array(partCount)
  const partLengths = new Int32Array(partCount)
  let pack = 0
  let part = 0
  let space = maxLength
  for (let s = 0; s < lengths.length; s++) {
    const length = lengths[s]!
    for (let start = 0; start < length; ) {
      const taken = Math.min(length - start, space)
      sequences[part] = s
      startTokens[part] = start
      partLengths[part++] = taken
      start += taken
      space -= taken
      if (space > 0) continue
      offsets[++pack] = part
      space = maxLength
    }
  }
  offsets[packCount] = partCount
  return { maxLength, offsets, sequences, startTokens, lengths: partLengths, keepsBoundaries: false }
}

/** A sequence has a part more for each cut inside it. */
function countParts(lengths: ArrayLike<number>, maxLength: number): { packCount: number; partCount: number } {
  let tokens = 0
  let partCount = 0
  for (let s = 0; s < lengths.length; s++) {
    const length = lengths[s]!
    if (length === 0) continue
    partCount += Math.ceil(((tokens % maxLength) + length) / maxLength)
    tokens += length
  }
  return { packCount: Math.ceil(tokens / maxLength), partCount }
}
