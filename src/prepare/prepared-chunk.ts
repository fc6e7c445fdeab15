import type { TokenRows } from '../dataset/index.ts'
import type { Tally } from './tally.ts'

/** What the rows of a chunk became, and what happened to them. Plain data, which a worker hands over without a copy. */
export interface PreparedChunk {
  /** Of the file, and rows of it before the chunk. */
  readonly file: string
  readonly startRow: number
  readonly rows: TokenRows
  /** Of each row above: the row of the chunk that it came from. */
  readonly sourceRows: Int32Array
  readonly rejects: readonly Reject[]
  readonly tally: Tally
  /** Gives the memory of the rows to a later chunk: for who keeps none of them. Not there where it is the rows' own. */
  readonly release?: () => void
}

/** A row that can't be used. */
export interface Reject {
  /** The file's name and the row's number in it. */
  readonly file: string
  readonly row: number
  readonly code: string
  /** Where, what, and what to do, in one line. */
  readonly reason: string
  /** The row as JSON; of one that is no JSON its text, as a JSON string; undefined where there is none. */
  readonly json: string | undefined
}

/** The buffers of a chunk, for `postMessage`: those that are shared stay where they are. */
export function listPreparedTransfers({ rows, sourceRows }: PreparedChunk): ArrayBuffer[] {
  const arrays = [rows.inputIds, rows.labels, rows.lossWeights, rows.offsets, sourceRows]
  return arrays.flatMap(array => (array?.buffer instanceof ArrayBuffer ? [array.buffer] : []))
}
