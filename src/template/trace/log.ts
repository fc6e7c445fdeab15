import type { TemplatePlace } from '../rendered.ts'
import type { Span } from '../syntax/ast.ts'
import { TurnMark } from '../values/origin.ts'
import { Str } from '../values/str.ts'

/**
 * What was written while rendering, in order, as flat as can be: most of it is never looked at.
 *
 *     Str, Span               a str, and the part of the template that wrote it
 *     Passage, operand …      one or more texts at once, with what was filled in
 *     TurnEntry               a turn starts or ends
 *     CallStart … CALL_END    what stands between is written by the call: a macro writes where its caller does
 */
export type Log = object[]

/** One text of a passage: a literal of the template, or what is filled in. */
export class PassagePart {
  /** Undefined for what is filled in: a Str, or the plain object that has it under `key`. */
  readonly literal: Str | undefined
  readonly key: string | undefined
  readonly writer: Span
  /** Where the writer stands in the template, once somebody has asked. */
  place: TemplatePlace | undefined = undefined

  constructor(literal: Str | undefined, key: string | undefined, writer: Span) {
    this.literal = literal
    this.key = key
    this.writer = writer
  }
}

/** Texts that are always written one behind the other, known from the template: only what is filled in has to be logged each time. */
export class Passage {
  readonly parts: readonly PassagePart[]

  constructor(parts: readonly PassagePart[]) {
    this.parts = parts
  }
}

/** A turn about a message starts here, or ends. */
export class TurnEntry {
  /** Without characters: it stands for the turn in a str that a macro or a block wrote. */
  readonly mark: Str

  constructor(message: number, isStart: boolean) {
    this.mark = new Str('', new TurnMark(message, isStart), -1)
  }
}

export class CallStart {
  readonly writer: Span

  constructor(writer: Span) {
    this.writer = writer
  }
}

export const CALL_END: object = {}

/** What is done with the entries of a log. */
export interface LogReader {
  readStr(str: Str, writer: Span): void
  readLiteral(literal: Str, part: PassagePart): void
  /** What a plain object has under the part's key: a string. */
  readItem(owner: object, part: PassagePart): void
  readFilled(str: Str, part: PassagePart): void
  readTurn(entry: TurnEntry): void
  startCall(writer: Span): void
  endCall(): void
}

export function readLog(log: Log, reader: LogReader): void {
  for (let i = 0; i < log.length; ) {
    const head = log[i++]!
    if (head instanceof Passage) {
      const { parts } = head
      for (let p = 0; p < parts.length; p++) {
        const part = parts[p]!
        if (part.literal !== undefined) {
          reader.readLiteral(part.literal, part)
          continue
        }
        const operand = log[i++]!
        if (operand instanceof Str) reader.readFilled(operand, part)
        else reader.readItem(operand, part)
      }
    } else if (head instanceof TurnEntry) reader.readTurn(head)
    else if (head instanceof CallStart) reader.startCall(head.writer)
    else if (head === CALL_END) reader.endCall()
    else reader.readStr(head as Str, log[i++] as Span)
  }
}

/** The string that a plain object has under a part's key. */
export function textOf(owner: object, { key }: PassagePart): string {
  return (owner as { readonly [key: string]: string })[key!]!
}
