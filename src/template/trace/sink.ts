import type { Span } from '../syntax/ast.ts'
import type { RenderFault } from '../template-error.ts'
import { limitFault } from '../template-error.ts'
import type { TurnMark } from '../values/origin.ts'
import { concatAll, Str } from '../values/str.ts'

/** Where a template's output goes. */
export interface Sink {
  write(str: Str, writer: Span): void
  /** A turn about a message starts here, or ends. */
  mark(turn: TurnMark): void
}

/** Where the rendered text goes. */
export interface RootSink extends Sink {
  readonly text: string
}

/** The rendered text with its pieces: each str as it was written, with the part of the template that wrote it. */
export class TracedSink implements RootSink {
  text = ''
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
    this.writers.push(writer)
  }

  mark(turn: TurnMark): void {
    this.strs.push(new Str('', turn, -1))
    this.writers.push(NOWHERE)
  }
}

const NOWHERE: Span = { start: 0, end: 0 }

/** The rendered text alone. */
export class TextSink implements RootSink {
  text = ''
  readonly #maxLength: number

  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  write(str: Str): void {
    this.text += str.text
    if (this.text.length > this.#maxLength) throw tooLong(this.#maxLength)
  }

  mark(): void {}
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

  mark(turn: TurnMark): void {
    this.#strs.push(new Str('', turn, -1))
  }

  toStr(): Str {
    return concatAll(this.#strs)
  }
}

function tooLong(maxLength: number): RenderFault {
  return limitFault(`the text is longer than ${maxLength} characters`)
}
