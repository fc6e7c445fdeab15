/** Ids and the ranges [starts, ends) of the original text that they stand for, in UTF-16 units. */
export interface TokenArrays {
  readonly ids: Int32Array
  readonly starts: Int32Array
  readonly ends: Int32Array
}

/** Tokens that more can be put behind. */
export class TokenBuffer {
  length: number = 0
  /** May be longer than `length`, as the other two. */
  ids: Int32Array
  starts: Int32Array
  ends: Int32Array
  /** By index: the text of those that are added tokens, where they may have taken white space in. */
  readonly addedTexts: Map<number, string> = new Map()

  constructor(capacity = 256) {
    this.ids = new Int32Array(capacity)
    this.starts = new Int32Array(capacity)
    this.ends = new Int32Array(capacity)
  }

  static of({ ids, starts, ends }: TokenArrays): TokenBuffer {
    const buffer = new TokenBuffer(0)
    buffer.ids = ids
    buffer.starts = starts
    buffer.ends = ends
    buffer.length = ids.length
    return buffer
  }

  static join(parts: readonly TokenBuffer[]): TokenBuffer {
    const [only] = parts
    if (parts.length === 1 && only !== undefined) return only
    const all = new TokenBuffer(parts.reduce((sum, { length }) => sum + length, 0))
    for (const part of parts) all.#append(part)
    return all
  }

  push(id: number, start: number, end: number): void {
    if (this.length === this.ids.length) this.#grow(this.length + 1)
    this.ids[this.length] = id
    this.starts[this.length] = start
    this.ends[this.length++] = end
  }

  pushAdded(id: number, start: number, end: number, text: string): void {
    this.addedTexts.set(this.length, text)
    this.push(id, start, end)
  }

  toArrays(): TokenArrays {
    const { ids, starts, ends, length } = this
    if (ids.length === length) return { ids, starts, ends }
    return { ids: ids.slice(0, length), starts: starts.slice(0, length), ends: ends.slice(0, length) }
  }

  #append(tokens: TokenBuffer): void {
    this.ids.set(tokens.ids.subarray(0, tokens.length), this.length)
    this.starts.set(tokens.starts.subarray(0, tokens.length), this.length)
    this.ends.set(tokens.ends.subarray(0, tokens.length), this.length)
    for (const [index, text] of tokens.addedTexts) this.addedTexts.set(this.length + index, text)
    this.length += tokens.length
  }

  #grow(least: number): void {
    const size = Math.max(least, this.ids.length * 2)
    this.ids = resized(this.ids, size)
    this.starts = resized(this.starts, size)
    this.ends = resized(this.ends, size)
  }
}

function resized(array: Int32Array, size: number): Int32Array {
  const copy = new Int32Array(size)
  copy.set(array)
  return copy
}
