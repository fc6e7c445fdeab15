import type { Piece, Source, TemplatePlace, Turn } from '../rendered.ts'
import type { Span } from '../syntax/ast.ts'
import { TurnMark } from '../values/origin.ts'
import { leavesOf, type Str } from '../values/str.ts'
import { readLog } from './log.ts'
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
  readLog(sink.log, (str, writer) => reader.read(str, writer))
  return { pieces: reader.pieces, turns: reader.turns }
}

class TraceReader {
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

  constructor(finder: SourceFinder, length: number, placeOf: (span: Span) => TemplatePlace) {
    this.#finder = finder
    this.#length = length
    this.#placeOf = placeOf
  }

  read(str: Str, writer: Span): void {
    if (str.left === undefined) this.#leaf(str, writer)
    else for (const leaf of leavesOf(str)) this.#leaf(leaf, writer)
  }

  #leaf(leaf: Str, writer: Span): void {
    if (leaf.text === '') {
      if (leaf.origin instanceof TurnMark) this.#mark(leaf.origin)
      return
    }
    const startChar = this.#at
    this.#at += leaf.text.length
    const endChar = Math.min(this.#at, this.#length)
    if (startChar >= endChar) return
    const place = this.#placeOf(writer)
    const source = this.#finder.find(leaf.origin) ?? this.#computedAt(place)
    const sourceChar = leaf.offset < 0 || source.kind === 'computed' ? undefined : leaf.offset
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
