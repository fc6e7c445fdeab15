import { type Column, type Table, Type } from '@uwdata/flechette'
import type { TokenRows } from '../../token-rows.ts'
import { COLUMN_TYPES, type ListColumn, type ListValues } from '../columns.ts'
import { isColumnName, toNotPrepared, toTokenRows } from './list-columns.ts'

/**
 * The rows of a table of one record batch; views where its offsets start at 0, as they do but in slices.
 *
 * @throws LosslineError `dataset/not-prepared` when a column of ours is no list of int32 or float32, or has nulls
 */
export function toTableRows(table: Table): TokenRows {
  const columns = table.schema.fields.flatMap(({ name }, c) =>
    isColumnName(name) ? [toListColumn(name, table.getChildAt(c))] : [],
  )
  return toTokenRows(columns)
}

function toListColumn(name: ListColumn['name'], column: Column<unknown>): ListColumn {
  const batch = column.data[0]!
  if (batch.type.typeId !== Type.List) throw toNotPrepared(`has a column ${name} that is no list`)
  const items = batch.children[0]!
  if (batch.nullCount > 0 || items.nullCount > 0) throw toNotPrepared(`has nulls in ${name}`)
  const { values } = items
  if (!isListValues(values)) {
    throw toNotPrepared(`has other than ${COLUMN_TYPES[name]} numbers in ${name}`)
  }
  const offsets = batch.offsets as Int32Array
  const first = offsets[0]!
  const last = offsets[batch.length]!
  return {
    name,
    values: values.subarray(first, last),
    offsets: first === 0 ? offsets : offsets.map(offset => offset - first),
  }
}

function isListValues(values: unknown): values is ListValues {
  return values instanceof Int32Array || values instanceof Int8Array || values instanceof Float32Array
}
