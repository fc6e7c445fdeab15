import { constants } from 'node:buffer'
import { LosslineError } from '../../error.ts'
import type { ItemsChunk } from '../chunk.ts'
import type { RowScanner } from '../split-text.ts'
import { noRows, parseAt, toSyntaxError } from './document.ts'
import { advance, type TextPlace } from './text-place.ts'

/** Where the scan is in `[item, item]`. */
type State = 'start' | 'first' | 'item' | 'separator' | 'after' | 'scalar' | 'nested' | 'string' | 'failed'

/** What is expected in the states between items, as the parser words it. */
const EXPECTED: Readonly<Partial<Record<State, string>>> = {
  first: "expected a value or ']'",
  item: 'expected a value',
  separator: "expected ',' or ']'",
  after: 'expected the end',
}

const TAB = 0x09
const NEWLINE = 0x0a
const RETURN = 0x0d
const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * Finds the items of a JSON list. Strings and depth are followed, nothing else: whether an item is JSON is seen when it is parsed. What
 * is wrong between items ends the list: `end` throws it.
 */
export class ItemScanner implements RowScanner {
  readonly #name: string
  /** Of the first byte since the last take, as the file counts. */
  #byteOffset: number
  #place: TextPlace = { line: 0, column: 0 }
  #state: State = 'start'
  /** In a string: the next byte is escaped. */
  #isEscaped = false
  #depth = 0
  // All positions count from the last take.
  #position = 0
  #itemStart = 0
  #taken = 0
  #ranges: number[] = []
  #failure: { readonly position: number; readonly expected: string } | undefined
  rowCount = 0

  constructor(name: string, byteOffset: number) {
    this.#name = name
    this.#byteOffset = byteOffset
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  scan(block: Buffer): number {
    const base = this.#position
    for (let at = 0; at < block.length && this.#failure === undefined; ) {
      if (this.#state === 'string') at = this.#skipString(block, at, base)
      else if (this.#state === 'nested') at = this.#skipNested(block, at, base)
      else if (this.#state === 'scalar') at = this.#skipScalar(block, at, base)
      else at = this.#step(block, at, base)
    }
    this.#position = base + block.length
    if (this.#isInItem() && this.#position - this.#itemStart > constants.MAX_STRING_LENGTH) {
      const where = `${this.#name}[${this.rowCount + this.#ranges.length / 2}]`
      const fix = 'Split it into rows.'
      throw new LosslineError('dataset/item-too-large', 'is an item of more than 512 MB', { where, fix })
    }
    return this.#taken
  }

  take(bytes: Buffer): ItemsChunk | undefined {
    const ranges = Uint32Array.from(this.#ranges)
    const chunk: ItemsChunk = {
      kind: 'items',
      name: this.#name,
      startRow: this.rowCount,
      rowCount: ranges.length / 2,
      bytes,
      ranges: ranges.buffer as ArrayBuffer,
      startLine: this.#place.line,
      startColumn: this.#place.column,
      byteOffset: this.#byteOffset,
    }
    this.#place = advance(this.#place, bytes)
    this.#byteOffset += bytes.length
    this.#position -= bytes.length
    this.#itemStart -= bytes.length
    if (this.#failure !== undefined) {
      this.#failure = { ...this.#failure, position: this.#failure.position - bytes.length }
    }
    this.#taken = 0
    this.#ranges = []
    this.rowCount += chunk.rowCount
    return chunk
  }

  /** @throws LosslineError `json/syntax` with line and column, `dataset/no-rows` for an empty list */
  end(rest: Buffer): undefined {
    if (this.#failure !== undefined) throw this.#toError(rest, this.#failure.position, this.#failure.expected)
    if (this.#isInItem()) {
      // A last item that is cut says best itself what is missing; a cut number says nothing.
      parseAt(rest.toString('utf8', this.#itemStart), this.#name, () => this.#placeOf(rest, this.#itemStart))
      throw this.#toError(rest, rest.length, EXPECTED.separator!)
    }
    if (this.#state !== 'after') throw this.#toError(rest, rest.length, EXPECTED[this.#state]!)
    if (this.rowCount === 0) throw noRows('holds an empty list', this.#name)
  }

  #isInItem(): boolean {
    return this.#state === 'string' || this.#state === 'nested' || this.#state === 'scalar'
  }

  #placeOf(bytes: Buffer, position: number): TextPlace {
    return advance(this.#place, bytes.subarray(0, position))
  }

  #toError(rest: Buffer, position: number, expected: string): LosslineError {
    const found = rest.toString('utf8', position, position + FOUND_BYTES)
    return toSyntaxError(expected, found, { name: this.#name, place: this.#placeOf(rest, position) })
  }

  /** One byte between items. */
  #step(block: Buffer, at: number, base: number): number {
    const byte = block[at]!
    if (byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB) return at + 1
    const state = this.#state
    if (state === 'start') {
      this.#state = 'first'
    } else if (byte === CLOSE_LIST && (state === 'first' || state === 'separator')) {
      this.#state = 'after'
    } else if (byte === COMMA && state === 'separator') {
      this.#state = 'item'
    } else if ((state === 'first' || state === 'item') && !isCloser(byte)) {
      this.#itemStart = base + at
      this.#depth = byte === OPEN_OBJECT || byte === OPEN_LIST ? 1 : 0
      this.#state = byte === QUOTE ? 'string' : this.#depth === 1 ? 'nested' : 'scalar'
    } else {
      this.#failure = { position: base + at, expected: EXPECTED[state]! }
    }
    return at + 1
  }

  #skipString(block: Buffer, start: number, base: number): number {
    const first = this.#isEscaped ? start + 1 : start
    const quote = findQuote(block, first)
    if (quote >= 0) {
      this.#isEscaped = false
      if (this.#depth === 0) this.#closeItem(base + quote + 1)
      else this.#state = 'nested'
      return quote + 1
    }
    this.#isEscaped = first <= block.length && countBackslashes(block, first, block.length) % 2 === 1
    return block.length
  }

  #skipNested(block: Buffer, start: number, base: number): number {
    for (let at = start; at < block.length; ) {
      const byte = block[at++]
      if (byte === QUOTE) {
        this.#state = 'string'
        return at
      }
      if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        this.#depth++
      } else if ((byte === CLOSE_OBJECT || byte === CLOSE_LIST) && --this.#depth === 0) {
        this.#closeItem(base + at)
        return at
      }
    }
    return block.length
  }

  /** A number or a word, or what was meant as one: up to white space or to what could come next. */
  #skipScalar(block: Buffer, start: number, base: number): number {
    let at = start
    while (at < block.length && block[at]! > SPACE && !isCloser(block[at]!)) at++
    if (at < block.length) this.#closeItem(base + at)
    return at
  }

  #closeItem(end: number): void {
    this.#ranges.push(this.#itemStart, end)
    this.#taken = end
    this.#state = 'separator'
  }
}

/** The quote that ends a string: one that no backslash escapes. Keys and roles are short; for long texts the native search is faster. */
function findQuote(block: Buffer, start: number): number {
  const limit = Math.min(block.length, start + SHORT_BYTES)
  let at = start
  for (; at < limit; at++) {
    const byte = block[at]
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) at++
  }
  // What is before `at` is done with, the byte behind a backslash too.
  for (let quote = block.indexOf(QUOTE, at); quote >= 0; quote = block.indexOf(QUOTE, quote + 1)) {
    if (countBackslashes(block, at, quote) % 2 === 0) return quote
  }
  return -1
}

const SHORT_BYTES = 24

/** How many backslashes stand before a position, none before `start` among them. */
function countBackslashes(block: Buffer, start: number, end: number): number {
  let at = end
  while (at > start && block[at - 1] === BACKSLASH) at--
  return end - at
}

/** Enough bytes to say what was found. */
const FOUND_BYTES = 48

function isCloser(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT
}
