import { countRows, type TokenRows } from '../token-rows.ts'

/** The columns of prepared data, in the order in which they are written, with the type of what is in their lists. */
export const COLUMN_TYPES = {
  input_ids: 'int32',
  labels: 'int32',
  seq_lengths: 'int32',
  position_ids: 'int32',
  loss_weights: 'float32',
} as const

export type ColumnName = keyof typeof COLUMN_TYPES

/** A column of lists: row `r` has `values[offsets[r] … offsets[r + 1])`. */
export interface ListColumn {
  readonly name: ColumnName
  readonly values: Int32Array | Float32Array
  /** Int32Array[rows + 1]. */
  readonly offsets: Int32Array
}

/** The columns that rows have, as views, in the order in which they are written. */
export function toColumns(rows: TokenRows): ListColumn[] {
  const { inputIds, labels, seqLengths, positionIds, lossWeights, offsets } = rows
  const columns: ListColumn[] = [
    { name: 'input_ids', values: inputIds, offsets },
    { name: 'labels', values: labels, offsets },
  ]
  if (seqLengths !== undefined) columns.push({ name: 'seq_lengths', ...seqLengths })
  if (positionIds !== undefined) columns.push({ name: 'position_ids', values: positionIds, offsets })
  if (lossWeights !== undefined) columns.push({ name: 'loss_weights', values: lossWeights, offsets })
  return columns
}

/** The names of the columns that rows have, in the order in which they are written. */
export function toColumnNames(rows: TokenRows): ColumnName[] {
  return toColumns(rows).map(({ name }) => name)
}

/** Rows `[start, end)` of a column: its values as a view, its offsets anew from 0. */
export function sliceColumn({ name, values, offsets }: ListColumn, start: number, end: number): ListColumn {
  const first = offsets[start]!
  const sliced = offsets.slice(start, end + 1)
  if (first !== 0) for (let r = 0; r < sliced.length; r++) sliced[r]! -= first
  return { name, values: values.subarray(first, offsets[end]), offsets: sliced }
}

/** Rows `[start, end)`. */
export interface RowRange {
  readonly start: number
  readonly end: number
}

/**
 * Cuts rows into runs of at most `maxRows` rows and `maxTokens` tokens; a longer row is a run of its own.
 *
 * The ranges depend on the rows alone, so that the bytes made of them do too.
 */
export function* cutRows(rows: TokenRows, maxRows: number, maxTokens: number): Generator<RowRange> {
  const { offsets } = rows
  const total = countRows(rows)
  for (let start = 0; start < total; ) {
    let end = start + 1
    while (end < total && end - start < maxRows && offsets[end + 1]! - offsets[start]! <= maxTokens) end++
    yield { start, end }
    start = end
  }
}
