import { LosslineError, quote } from '../error.ts'
import type { Piece, TruncationInput } from './piece.ts'
import { splitTurns } from './split-turns.ts'

export type TruncationName = 'keep-start' | 'keep-end' | 'drop' | 'split-turns'

/** What becomes of an example that is longer than allowed. */
export interface Truncation<Name extends string = string> {
  readonly name: Name
  /** What it does, for help texts: a sentence without a full stop. */
  readonly summary: string
  /** @returns pieces of at most `maxLength` tokens */
  findPieces(example: TruncationInput, maxLength: number): readonly Piece[]
}

/** Every truncation there is, by name. `keep-start` and `keep-end` are TRL's `truncation_mode`. */
export const TRUNCATIONS: { readonly [Name in TruncationName]: Truncation<Name> } = {
  'keep-start': {
    name: 'keep-start',
    summary: 'cut off the end',
    findPieces: (_, maxLength) => [{ startToken: 0, endToken: maxLength, contextTokens: 0 }],
  },
  'keep-end': {
    name: 'keep-end',
    summary: 'cut off the start',
    findPieces: (
      {
        encoded: {
          starts: { length },
        },
      },
      maxLength,
    ) => [{ startToken: length - maxLength, endToken: length, contextTokens: 0 }],
  },
  drop: {
    name: 'drop',
    summary: 'leave it out',
    findPieces: () => [],
  },
  'split-turns': {
    name: 'split-turns',
    summary: 'make several of it, each answer together with its question',
    findPieces: splitTurns,
  },
}

/**
 * The truncation that a word means: TRL's spelling `keep_start` is the same as `keep-start`.
 *
 * @throws LosslineError `prepare/truncation`
 */
export function parseTruncation(text: string): TruncationName {
  const name = text.replaceAll('_', '-')
  if (Object.hasOwn(TRUNCATIONS, name)) return name as TruncationName
  const names = Object.keys(TRUNCATIONS).join(', ')
  throw new LosslineError(
    'prepare/truncation',
    `There is no truncation ${quote(text)}; expected one of ${names}.`,
    { fix: 'Choose one with {truncation}.' },
  )
}
