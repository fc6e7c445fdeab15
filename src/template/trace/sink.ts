import type { Span } from '../syntax/ast.ts'
import { limitFault } from '../template-error.ts'
import { ItemOrigin } from '../values/origin.ts'
import { concatAll, Str } from '../values/str.ts'
import {
  CALL_END,
  CallStart,
  type Log,
  type LogReader,
  type PassagePart,
  readLog,
  type TurnEntry,
  textOf,
} from './log.ts'

/** Where a template's output goes. */
export interface Sink {
  /** @throws RenderFault `template/limit` where the text gets too long */
  write(str: Str, writer: Span): void
  /** A turn about a message starts here, or ends. */
  mark(turn: TurnEntry): void
  /** What is written from here to `endCall` is written by a call. */
  startCall(writer: Span): void
  endCall(): void
  /** Takes text that was logged already, and is known to fit. */
  add(text: string): void
  /** Where what is added has to be logged; undefined where nobody asks for it. */
  readonly log: Log | undefined
  /** UTF-16 units that can still be added. */
  readonly room: number
}

/** Where the whole rendering goes. */
export interface RootSink extends Sink {
  /** UTF-16 units rendered so far. */
  readonly length: number
}

/** The rendered text with the log of what was written. */
export class TracedSink implements RootSink {
  text = ''
  readonly log: Log = []
  readonly #maxLength: number

  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  write(str: Str, writer: Span): void {
    this.text += str.text
    if (this.text.length > this.#maxLength) throw tooLong(this.#maxLength, writer)
    this.log.push(str, writer)
  }

  add(text: string): void {
    this.text += text
  }

  get length(): number {
    return this.text.length
  }

  get room(): number {
    return this.#maxLength - this.text.length
  }

  mark(turn: TurnEntry): void {
    this.log.push(turn)
  }

  startCall(writer: Span): void {
    this.log.push(new CallStart(writer))
  }

  endCall(): void {
    this.log.push(CALL_END)
  }
}

const NOWHERE: Span = { start: 0, end: 0 }

/** The rendered text alone. */
export class TextSink implements RootSink {
  text = ''
  readonly log = undefined
  readonly #maxLength: number

  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  write(str: Str, writer: Span): void {
    this.text += str.text
    if (this.text.length > this.#maxLength) throw tooLong(this.#maxLength, writer)
  }

  add(text: string): void {
    this.text += text
  }

  get length(): number {
    return this.text.length
  }

  get room(): number {
    return this.#maxLength - this.text.length
  }

  mark(): void {}
  startCall(): void {}
  endCall(): void {}
}

/** What is left of a rendering that is only compared with a text: how far the two agree. */
export class MatchSink implements RootSink {
  /** UTF-16 units rendered so far. */
  length: number
  /** UTF-16 units, from the start, that are those of the text too. */
  agreedChars: number
  readonly log = undefined
  readonly #text: string
  readonly #maxLength: number

  /** @param knownChars so many units of the text are known to be rendered first */
  constructor(text: string, maxLength: number, knownChars = 0) {
    this.#text = text
    this.#maxLength = maxLength
    this.length = knownChars
    this.agreedChars = knownChars
  }

  write({ text }: Str, writer: Span = NOWHERE): void {
    this.add(text)
    if (this.length > this.#maxLength) throw tooLong(this.#maxLength, writer)
  }

  add(text: string): void {
    if (this.agreedChars === this.length) {
      // Twice as fast as startsWith: V8 compares strings by words, but looks for a prefix by characters.
      const isSame = this.#text.slice(this.length, this.length + text.length) === text
      this.agreedChars += isSame ? text.length : commonLength(this.#text, this.length, text)
    }
    this.length += text.length
  }

  get room(): number {
    return this.#maxLength - this.length
  }

  mark(): void {}
  startCall(): void {}
  endCall(): void {}
}

function commonLength(text: string, startChar: number, other: string): number {
  let length = 0
  while (length < other.length && text.charCodeAt(startChar + length) === other.charCodeAt(length)) length++
  return length
}

/** What a macro or a block writes, to be had as one str. */
export class BufferSink implements Sink {
  readonly log: Log = []
  #length = 0
  readonly #maxLength: number

  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  write(str: Str, writer: Span): void {
    this.#length += str.text.length
    if (this.#length > this.#maxLength) throw tooLong(this.#maxLength, writer)
    this.log.push(str, writer)
  }

  add(text: string): void {
    this.#length += text.length
  }

  get room(): number {
    return this.#maxLength - this.#length
  }

  mark(turn: TurnEntry): void {
    this.log.push(turn)
  }

  // Whoever writes the str is its writer.
  startCall(): void {}
  endCall(): void {}

  toStr(): Str {
    const reader = new StrReader()
    readLog(this.log, reader)
    return concatAll(reader.strs)
  }
}

/** The strs of a log: whoever writes the whole is its writer. */
class StrReader implements LogReader {
  readonly strs: Str[] = []

  readStr(str: Str): void {
    this.strs.push(str)
  }

  readLiteral(literal: Str): void {
    this.strs.push(literal)
  }

  readItem(owner: object, part: PassagePart): void {
    this.strs.push(new Str(textOf(owner, part), new ItemOrigin(owner, part.key), 0))
  }

  readFilled(str: Str): void {
    this.strs.push(str)
  }

  readTurn({ mark }: TurnEntry): void {
    this.strs.push(mark)
  }

  startCall(): void {}
  endCall(): void {}
}

/** What is thrown where a text gets too long. */
export function tooLong(maxLength: number, writer: Span): Error {
  return limitFault(`the text is longer than ${maxLength} characters`, writer)
}
