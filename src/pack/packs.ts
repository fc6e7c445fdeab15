/**
 * Packs: sequences, and parts of sequences, end to end.
 *
 * Pack p has the parts `offsets[p]` to `offsets[p + 1]`; the other arrays have one entry for each part. Four numbers a part and no object,
 * so that ten million sequences fit.
 */
export interface Packs {
  /** The most tokens that a pack takes. */
  readonly maxLength: number
  /** One more than there are packs. */
  readonly offsets: Int32Array
  /** Index of the sequence that a part is of. */
  readonly sequences: Int32Array
  /** The part's first token, counted from the start of its sequence. */
  readonly startTokens: Int32Array
  /** Tokens of the part, never 0. */
  readonly lengths: Int32Array
  /** Whether each part stays a sequence of its own, told apart by `seq_lengths`; if not, a pack is one sequence without seams. */
  readonly keepsBoundaries: boolean
}

/** Parts of sequences before they are laid into packs. */
export type Parts = Pick<Packs, 'sequences' | 'startTokens' | 'lengths'>

/** How many packs there are. */
export function countPacks(packs: Packs): number {
  return packs.offsets.length - 1
}

/** All tokens in the packs. */
export function countPackedTokens({ lengths }: Packs): number {
  let tokens = 0
  for (let part = 0; part < lengths.length; part++) tokens += lengths[part]!
  return tokens
}

/** Where each pack begins, in tokens, and where the last one ends: Int32Array[packs + 1]. */
export function findPackOffsets(packs: Packs): Int32Array {
  const { offsets, lengths } = packs
  const tokenOffsets = new Int32Array(offsets.length)
  for (let pack = 0; pack < countPacks(packs); pack++) {
    let at = tokenOffsets[pack]!
    for (let part = offsets[pack]!; part < offsets[pack + 1]!; part++) at += lengths[part]!
    tokenOffsets[pack + 1] = at
  }
  return tokenOffsets
}

/** Packs `[start, end)` of the same sequences, as views; only their offsets are made anew. */
export function slicePacks(packs: Packs, start: number, end: number): Packs {
  const { offsets, sequences, startTokens, lengths } = packs
  const from = offsets[start]!
  const to = offsets[end]!
  return {
    ...packs,
    offsets: offsets.slice(start, end + 1).map(offset => offset - from),
    sequences: sequences.subarray(from, to),
    startTokens: startTokens.subarray(from, to),
    lengths: lengths.subarray(from, to),
  }
}

/** How full the packs are: their tokens / (packs × maxLength), from 0 to 1; 1 where there are none. */
export function packingEfficiency(tokens: number, packs: number, maxLength: number): number {
  return packs === 0 ? 1 : tokens / (packs * maxLength)
}
