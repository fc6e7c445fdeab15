import type { CharRange, Piece, Rendered, Turn } from '../rendered.ts'
import type { Trace } from './pieces.ts'

/** See {@link Runtime.historyEnds}. */
type HistoryEnds = readonly (number | undefined)[] | undefined

/**
 * A rendered text whose pieces and turns are made when they are first asked for: many callers only want the text.
 *
 * A class, since an object literal with getters would get a hidden class of its own each time, and V8 keeps those.
 */
export class LazyRendered implements Rendered {
  readonly text: string
  readonly marks: readonly CharRange[]
  readonly usesClock: boolean
  readonly #readTrace: () => Trace
  #trace: Trace | undefined
  readonly #readHistoryEnds: () => HistoryEnds
  #historyEnds: { readonly ends: HistoryEnds } | undefined

  constructor(
    text: string,
    marks: readonly CharRange[],
    {
      usesClock,
      readHistoryEnds,
      readTrace,
    }: { usesClock: boolean; readHistoryEnds: () => HistoryEnds; readTrace: () => Trace },
  ) {
    this.text = text
    this.marks = marks
    this.usesClock = usesClock
    this.#readHistoryEnds = readHistoryEnds
    this.#readTrace = readTrace
  }

  /** See {@link Runtime.historyEnds}; undefined where nothing was noted. */
  get historyEnds(): HistoryEnds {
    this.#historyEnds ??= { ends: this.#readHistoryEnds() }
    return this.#historyEnds.ends
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
