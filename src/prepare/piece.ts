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

/**
 * What a piece has of a column of labels or weights. Its context is not trained again.
 *
 * @param untrained the value of a token that is not trained: -100 for labels, 0 for weights
 * @returns a view, but for a piece with context
 */
export function cutTrained<Column extends Int32Array | Float32Array>(
  column: Column,
  { startToken, endToken, contextTokens }: Piece,
  untrained: number,
): Column {
  const part = column.subarray(startToken, endToken) as Column
  return contextTokens === 0 ? part : (part.slice().fill(untrained, 0, contextTokens) as Column)
}
