import type { Span } from '../syntax/ast.ts'
import { ItemOrigin, TurnMark } from '../values/origin.ts'
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
export interface PassagePart {
  /** Undefined for what is filled in: a Str, or the plain object that has it under `key`. */
  readonly literal: Str | undefined
  readonly key: string | undefined
  readonly writer: Span
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

const NOWHERE: Span = { start: 0, end: 0 }

export class CallStart {
  readonly writer: Span

  constructor(writer: Span) {
    this.writer = writer
  }
}

export const CALL_END: object = {}

/** Goes through a log; what a call wrote has the (outermost) call as its writer. */
export function readLog(log: Log, visit: (str: Str, writer: Span) => void): void {
  let caller: Span | undefined
  let depth = 0
  for (let i = 0; i < log.length; ) {
    const head = log[i++]!
    if (head instanceof Passage) {
      for (const { literal, key, writer } of head.parts) {
        visit(literal ?? operandOf(log[i++]!, key), caller ?? writer)
      }
    } else if (head instanceof TurnEntry) {
      visit(head.mark, NOWHERE)
    } else if (head instanceof CallStart) {
      if (depth++ === 0) caller = head.writer
    } else if (head === CALL_END) {
      if (--depth === 0) caller = undefined
    } else {
      const writer = log[i++] as Span
      visit(head as Str, caller ?? writer)
    }
  }
}

function operandOf(operand: object, key: string | undefined): Str {
  if (operand instanceof Str) return operand
  const text = (operand as { readonly [key: string]: string })[key!]!
  return new Str(text, new ItemOrigin(operand, key), 0)
}
