import type { SpanPart } from './span-part.ts'

/** Goes forward over parts, in the order of their starts: which of them a token belongs to. */
export class PartCursor {
  /** The first trained part that holds a character of the token, else the first untrained one; undefined: none does. */
  part: SpanPart | undefined
  /** The next place where some part starts or ends. Tokens that end before it belong to the same part. */
  sameUntil = 0
  readonly #textLength: number
  readonly #parts: readonly SpanPart[]
  #first = 0

  constructor(parts: readonly SpanPart[], textLength: number) {
    this.#parts = parts
    this.#textLength = textLength
  }

  /** Moves to a token that starts no earlier than the one before. UTF-16 units. */
  moveTo(startChar: number, endChar: number): void {
    const parts = this.#parts
    while (this.#first < parts.length && parts[this.#first]!.endChar <= startChar) this.#first++
    let untrained: SpanPart | undefined
    let trained: SpanPart | undefined
    this.sameUntil = this.#textLength
    for (let p = this.#first; p < parts.length; p++) {
      const part = parts[p]!
      if (part.startChar > startChar) this.sameUntil = Math.min(this.sameUntil, part.startChar)
      if (part.startChar >= endChar) break
      if (part.endChar <= startChar) continue
      this.sameUntil = Math.min(this.sameUntil, part.endChar)
      if (part.weight === 0) untrained ??= part
      else trained ??= part
    }
    this.part = trained ?? untrained
  }
}
