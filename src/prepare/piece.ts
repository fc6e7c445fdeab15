import type { Masked } from '../mask/index.ts'

/** Tokens of an example that stay together. */
export interface Piece {
  readonly startToken: number
  readonly endToken: number
  /**
   * So many of its first tokens are trained in the piece before and stand here for what follows them: they are not to be trained again. Other
   * than 0 only where one token ends an answer and opens the next turn.
   */
  readonly contextTokens: number
}

/** What truncation looks at in a masked example. */
export interface TruncationInput extends Pick<Masked, 'labels' | 'messages'> {
  readonly encoded: Pick<Masked['encoded'], 'starts'>
  readonly rendered: Pick<Masked['rendered'], 'turns'>
}
