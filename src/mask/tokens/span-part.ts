import type { TokenReason } from '../masked.ts'

/** A stretch of the text that has one weight, for one reason. UTF-16 units, [startChar, endChar). */
export interface SpanPart {
  readonly startChar: number
  readonly endChar: number
  readonly weight: number
  readonly reason: TokenReason
  readonly message: number | undefined
}
