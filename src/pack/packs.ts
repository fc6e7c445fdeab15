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

/** How full the packs are: their tokens / (packs × maxLength), from 0 to 1; 1 where there are none. */
export function packingEfficiency(tokens: number, packs: number, maxLength: number): number {
  return packs === 0 ? 1 : tokens / (packs * maxLength)
}
