import type { Piece, Source, TemplatePlace, Turn } from '../rendered.ts'
import type { Span } from '../syntax/ast.ts'
import { TurnMark } from '../values/origin.ts'
import { leavesOf, type Str } from '../values/str.ts'
import { type LogReader, type PassagePart, readLog, type TurnEntry, textOf } from './log.ts'
import type { TracedSink } from './sink.ts'
import type { SourceFinder } from './source-finder.ts'

/** What a trace tells once it is read. */
export interface Trace {
  readonly pieces: readonly Piece[]
  readonly turns: readonly Turn[]
}

/**
 * Makes pieces and turns of what was written.
 *
 * @param length how much of the text is kept (UTF-16 units)
 * @param placeOf the place of a node of the template, always the same for the same node
 */
export function readTrace(
  sink: TracedSink,
  finder: SourceFinder,
  { length, placeOf }: { length: number; placeOf: (span: Span) => TemplatePlace },
): Trace {
  const reader = new TraceReader(finder, length, placeOf)
  readLog(sink.log, reader)
  return { pieces: reader.pieces, turns: reader.turns }
}

class TraceReader implements LogReader {
  readonly pieces: Piece[] = []
  readonly turns: Turn[] = []
  readonly #finder: SourceFinder
  readonly #length: number
  readonly #placeOf: (span: Span) => TemplatePlace
  readonly #computed: Map<TemplatePlace, Source> = new Map()
  #at = 0
  /** The message whose turn is open, and where it started; -1 outside of turns. */
  #turn = -1
  #turnStart = 0
  /** The outermost call that is being written by, and how many there are. */
  #caller: TemplatePlace | undefined
  #calls = 0

  constructor(finder: SourceFinder, length: number, placeOf: (span: Span) => TemplatePlace) {
    this.#finder = finder
    this.#length = length
    this.#placeOf = placeOf
  }

  readStr(str: Str, writer: Span): void {
    this.#str(str, this.#caller ?? this.#placeOf(writer))
  }

  readLiteral(literal: Str, part: PassagePart): void {
    this.#add(literal.text.length, this.#finder.find(literal.origin), literal.offset, this.#placeAt(part))
  }

  readItem(owner: object, part: PassagePart): void {
    this.#add(textOf(owner, part).length, this.#finder.findItem(owner, part.key), 0, this.#placeAt(part))
  }

  readFilled(str: Str, part: PassagePart): void {
    this.#str(str, this.#placeAt(part))
  }

  readTurn({ mark }: TurnEntry): void {
    this.#mark(mark.origin as TurnMark)
  }

  startCall(writer: Span): void {
    if (this.#calls++ === 0) this.#caller = this.#placeOf(writer)
  }

  endCall(): void {
    if (--this.#calls === 0) this.#caller = undefined
  }

  #placeAt(part: PassagePart): TemplatePlace {
    if (this.#caller !== undefined) return this.#caller
    part.place ??= this.#placeOf(part.writer)
    return part.place
  }

  #str(str: Str, place: TemplatePlace): void {
    if (str.left === undefined) this.#leaf(str, place)
    else for (const leaf of leavesOf(str)) this.#leaf(leaf, place)
  }

  #leaf(leaf: Str, place: TemplatePlace): void {
    if (leaf.text === '') {
      if (leaf.origin instanceof TurnMark) this.#mark(leaf.origin)
      return
    }
    this.#add(leaf.text.length, this.#finder.find(leaf.origin), leaf.offset, place)
  }

  /** @param offset where the characters stand in the source, or -1 */
  #add(length: number, found: Source | undefined, offset: number, place: TemplatePlace): void {
    if (length === 0) return
    const startChar = this.#at
    this.#at += length
    const endChar = Math.min(this.#at, this.#length)
    if (startChar >= endChar) return
    const source = found ?? this.#computedAt(place)
    const sourceChar = offset < 0 || source.kind === 'computed' ? undefined : offset
    const last = this.pieces.at(-1)
    if (last !== undefined && last.writer === place && continues(last, source, sourceChar)) {
      this.pieces[this.pieces.length - 1] = { ...last, endChar }
    } else {
      this.pieces.push({ startChar, endChar, source, sourceChar, writer: place })
    }
  }

  #mark(mark: TurnMark): void {
    if (mark.isStart) {
      this.#turn = mark.message
      this.#turnStart = this.#at
      return
    }
    const isOpen = this.#turn === mark.message
    this.#turn = -1
    const endChar = Math.min(this.#at, this.#length)
    if (!isOpen || endChar <= this.#turnStart) return
    this.turns.push({ message: mark.message, startChar: this.#turnStart, endChar })
  }

  #computedAt(place: TemplatePlace): Source {
    let source = this.#computed.get(place)
    if (source === undefined) {
      source = { kind: 'computed', place }
      this.#computed.set(place, source)
    }
    return source
  }
}

/** Whether a stretch goes on where the piece before it ended, in the same source. */
function continues(last: Piece, source: Source, sourceChar: number | undefined): boolean {
  if (last.source !== source) return false
  if (last.sourceChar === undefined || sourceChar === undefined) return last.sourceChar === sourceChar
  return last.sourceChar + last.endChar - last.startChar === sourceChar
}
