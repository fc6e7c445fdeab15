import type { CharRange, Piece, Rendered, Turn } from '../rendered.ts'
import type { Trace } from './pieces.ts'

/**
 * A rendered text whose pieces and turns are made when they are first asked for: many callers only want the text.
 *
 * A class, since an object literal with getters would get a hidden class of its own each time, and V8 keeps those.
 */
export class LazyRendered implements Rendered {
  readonly text: string
  readonly marks: readonly CharRange[]
  readonly usesClock: boolean
  /** See {@link Runtime.historyEnds}; undefined where nothing was noted. */
  readonly historyEnds: readonly (number | undefined)[] | undefined
  readonly #readTrace: () => Trace
  #trace: Trace | undefined

  constructor(
    text: string,
    marks: readonly CharRange[],
    {
      usesClock,
      historyEnds,
      readTrace,
    }: Pick<LazyRendered, 'usesClock' | 'historyEnds'> & { readTrace: () => Trace },
  ) {
    this.text = text
    this.marks = marks
    this.usesClock = usesClock
    this.historyEnds = historyEnds
    this.#readTrace = readTrace
  }

  get pieces(): readonly Piece[] {
    this.#trace ??= this.#readTrace()
    return this.#trace.pieces
  }

  get turns(): readonly Turn[] {
    this.#trace ??= this.#readTrace()
    return this.#trace.turns
  }
}
