import type { Piece, TruncationInput } from './piece.ts'
import { countLosses, type Losses } from './truncation-losses.ts'
import { TRUNCATIONS, type TruncationName } from './truncations.ts'

export type { Piece, TruncationInput } from './piece.ts'
export type { TruncationName } from './truncations.ts'

export interface TruncationOptions {
  /** The most tokens of a piece; undefined: any number. */
  readonly maxLength: number | undefined
  /** Undefined: nothing is cut. */
  readonly truncation: TruncationName | undefined
}

/** What is left of an example, and counts of what was done to it: all 0 for one that isn't too long. */
export interface Truncated extends Losses {
  /** In the example's order; none for one that is dropped. Some may have no trained token. */
  readonly pieces: readonly Piece[]
  /** 1 for an example that is longer than allowed, and which of the three became of it. */
  readonly tooLong: number
  readonly cut: number
  readonly split: number
  readonly dropped: number
}

/**
 * Brings one example to a length.
 *
 * @returns pieces of at most `maxLength` tokens each, and what that did to the answers
 */
export function truncate(example: TruncationInput, { maxLength, truncation }: TruncationOptions): Truncated {
  const { length } = example.encoded.starts
  if (maxLength === undefined || truncation === undefined || length <= maxLength) {
    return { pieces: [{ startToken: 0, endToken: length, contextTokens: 0 }], ...UNTOUCHED }
  }
  const pieces = TRUNCATIONS[truncation].findPieces(example, maxLength)
  return {
    pieces,
    tooLong: 1,
    cut: pieces.length === 1 ? 1 : 0,
    split: pieces.length > 1 ? 1 : 0,
    dropped: pieces.length === 0 ? 1 : 0,
    ...countLosses(example, pieces),
  }
}

const UNTOUCHED: Omit<Truncated, 'pieces'> = {
  tooLong: 0,
  cut: 0,
  split: 0,
  dropped: 0,
  answersCut: 0,
  answersLost: 0,
  tokensLost: 0,
  trainedTokensLost: 0,
}
