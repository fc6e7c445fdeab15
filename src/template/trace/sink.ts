import type { Span } from '../syntax/ast.ts'
import type { RenderFault } from '../template-error.ts'
import { limitFault } from '../template-error.ts'
import { concatAll, type Str } from '../values/str.ts'

/** Where a template's output goes. */
export interface Sink {
  write(str: Str, writer: Span): void
  /** A turn about a message starts here, or ends. */
  mark(turn: Str): void
}

/** Where the whole rendering goes. */
export interface RootSink extends Sink {
  /** UTF-16 units rendered so far. */
  readonly length: number
  /** While a macro writes here itself: the output that called it, which is what wrote the text. */
  caller: Span | undefined
}

/** The rendered text with its pieces: each str as it was written, with the part of the template that wrote it. */
export class TracedSink implements RootSink {
  text = ''
  caller: Span | undefined
  readonly strs: Str[] = []
  readonly writers: Span[] = []
  readonly #maxLength: number

  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  write(str: Str, writer: Span): void {
    this.text += str.text
    if (this.text.length > this.#maxLength) throw tooLong(this.#maxLength)
    this.strs.push(str)
    this.writers.push(this.caller ?? writer)
  }

  get length(): number {
    return this.text.length
  }

  mark(turn: Str): void {
    this.strs.push(turn)
    this.writers.push(NOWHERE)
  }
}

const NOWHERE: Span = { start: 0, end: 0 }

/** The rendered text alone. */
export class TextSink implements RootSink {
  text = ''
  caller: Span | undefined
  readonly #maxLength: number

  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  write(str: Str): void {
    this.text += str.text
    if (this.text.length > this.#maxLength) throw tooLong(this.#maxLength)
  }

  get length(): number {
    return this.text.length
  }

  mark(): void {}
}

/** What is left of a rendering that is only compared with a text: how far the two agree. */
export class MatchSink implements RootSink {
  /** UTF-16 units rendered so far. */
  length = 0
  /** UTF-16 units, from the start, that are those of the text too. */
  agreedChars = 0
  caller: Span | undefined
  readonly #text: string
  readonly #maxLength: number

  constructor(text: string, maxLength: number) {
    this.#text = text
    this.#maxLength = maxLength
  }

  /** The first so many units of the text are known to be rendered. */
  skip(chars: number): void {
    this.length = chars
    this.agreedChars = chars
  }

  write({ text }: Pick<Str, 'text'>): void {
    if (this.agreedChars === this.length) {
      // Twice as fast as startsWith: V8 compares strings by words, but looks for a prefix by characters.
      const isSame = this.#text.slice(this.length, this.length + text.length) === text
      this.agreedChars += isSame ? text.length : commonLength(this.#text, this.length, text)
    }
    this.length += text.length
    if (this.length > this.#maxLength) throw tooLong(this.#maxLength)
  }

  mark(): void {}
}

function commonLength(text: string, startChar: number, other: string): number {
  let length = 0
  while (length < other.length && text.charCodeAt(startChar + length) === other.charCodeAt(length)) length++
  return length
}

/** What a macro or a block writes, to be had as one str. */
export class BufferSink implements Sink {
  readonly #strs: Str[] = []
  #length = 0
  readonly #maxLength: number

  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  write(str: Str): void {
    this.#length += str.text.length
    if (this.#length > this.#maxLength) throw tooLong(this.#maxLength)
    this.#strs.push(str)
  }

  mark(turn: Str): void {
    this.#strs.push(turn)
  }

  toStr(): Str {
    return concatAll(this.#strs)
  }
}

function tooLong(maxLength: number): RenderFault {
  return limitFault(`the text is longer than ${maxLength} characters`)
}
