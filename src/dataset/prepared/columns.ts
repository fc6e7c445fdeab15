import type { TokenRows } from '../token-rows.ts'

/** The columns of prepared data, in the order in which they are written, with the type of what is in their lists. */
export const COLUMN_TYPES = {
  input_ids: 'int32',
  labels: 'int32',
  attention_mask: 'int8',
  seq_lengths: 'int32',
  position_ids: 'int32',
  loss_weights: 'float32',
} as const

export type ItemType = (typeof COLUMN_TYPES)[ColumnName]

export type ColumnName = keyof typeof COLUMN_TYPES

export type ListValues = Int32Array | Int8Array | Float32Array

/** A column of lists: row `r` has `values[offsets[r] … offsets[r + 1])`. */
export interface ListColumn {
  readonly name: ColumnName
  readonly values: ListValues
  /** Int32Array[rows + 1]. */
  readonly offsets: Int32Array
}

/** The columns that rows have, as views, in the order in which they are written. */
export function toColumns(rows: TokenRows): ListColumn[] {
  const { inputIds, labels, attentionMask, seqLengths, positionIds, lossWeights, offsets } = rows
  const columns: ListColumn[] = [
    { name: 'input_ids', values: inputIds, offsets },
    { name: 'labels', values: labels, offsets },
  ]
  if (attentionMask !== undefined) columns.push({ name: 'attention_mask', values: attentionMask, offsets })
  if (seqLengths !== undefined) columns.push({ name: 'seq_lengths', ...seqLengths })
  if (positionIds !== undefined) columns.push({ name: 'position_ids', values: positionIds, offsets })
  if (lossWeights !== undefined) columns.push({ name: 'loss_weights', values: lossWeights, offsets })
  return columns
}

/** The names of the columns that rows have, in the order in which they are written. */
export function toColumnNames(rows: TokenRows): ColumnName[] {
  return toColumns(rows).map(({ name }) => name)
}
