/** Tokens as they are found: ids with the ranges of the original text that they stand for. */
export interface Tokens {
  readonly length: number
  readonly ids: Int32Array
  /** [starts, ends) in UTF-16 units. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** By index: the text of those that are added tokens, with the white space that they took in. */
  readonly addedTexts: ReadonlyMap<number, string>
}

/** Tokens that more can be put behind. */
export class TokenBuffer implements Tokens {
  length: number = 0
  ids: Int32Array
  starts: Int32Array
  ends: Int32Array
  readonly addedTexts: Map<number, string> = new Map()

  constructor(capacity = 256) {
    this.ids = new Int32Array(capacity)
    this.starts = new Int32Array(capacity)
    this.ends = new Int32Array(capacity)
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

  append(tokens: Tokens): void {
    const length = this.length + tokens.length
    if (length > this.ids.length) this.#grow(length)
    this.ids.set(tokens.ids.subarray(0, tokens.length), this.length)
    this.starts.set(tokens.starts.subarray(0, tokens.length), this.length)
    this.ends.set(tokens.ends.subarray(0, tokens.length), this.length)
    for (const [index, text] of tokens.addedTexts) this.addedTexts.set(this.length + index, text)
    this.length = length
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
