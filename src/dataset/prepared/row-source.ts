import { sliceRows, type TokenRows } from '../token-rows.ts'

/** Rows that are made when they are written, some at a time, so that they never lie in memory all at once. */
export interface RowSource {
  /** Int32Array[rows + 1], in tokens; the first is 0. */
  readonly offsets: Int32Array
  /** Rows `[start, end)`: the same columns each time, also for no rows. */
  readonly slice: (start: number, end: number) => TokenRows
}

/** Rows that lie in memory as what a shard is written of. */
export function toRowSource(rows: TokenRows): RowSource {
  return { offsets: rows.offsets, slice: (start, end) => sliceRows(rows, start, end) }
}
