import type { TokenReason, TrainedSpan } from '../masked.ts'

/** A stretch of the text that has one weight, for one reason. UTF-16 units, [startChar, endChar). */
export interface SpanPart {
  readonly startChar: number
  readonly endChar: number
  readonly weight: number
  readonly reason: TokenReason
  readonly message: number | undefined
}

/** What a strategy that thinks in characters says of one example. Parts are in the order of their starts, and those that are trained don't overlap; what they leave out isn't trained. */
export interface SpanMask {
  readonly parts: readonly SpanPart[]
  /** The stretches that the parts with a weight make up: where a token may straddle, and how. */
  readonly spans: readonly TrainedSpan[]
}
