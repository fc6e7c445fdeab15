import { type Column, type Table, Type, tableFromIPC } from '@uwdata/flechette'
import { isArrow, readMessages } from '../../arrow/message.ts'
import { openFile } from '../../file-bytes.ts'
import { countRows, type TokenRows } from '../../token-rows.ts'
import { COLUMN_TYPES, type ListColumn, type ListValues } from '../columns.ts'
import { isColumnName, toNotPrepared, toTokenRows } from './list-columns.ts'

/** The rows of an Arrow stream, a batch at a time. */
export async function* decodeArrow(path: string): AsyncGenerator<TokenRows> {
  const { source, close } = await openFile(path, path)
  try {
    const isStream = isArrow(await source.look(8))
    source.finish(0)
    if (!isStream) throw toNotPrepared('is no Arrow')
    let schema: Uint8Array | undefined
    for await (const { kind, bytes } of readMessages(source, refuse)) {
      if (kind === 'schema') schema = bytes
      if (kind !== 'records' || schema === undefined) continue
      const rows = toTableRows(tableFromIPC([schema, bytes]))
      if (countRows(rows) > 0) yield rows
    }
  } finally {
    await close()
  }
}

/** A shard without the mark of its end is one that was cut between two batches. */
function refuse(): never {
  throw toNotPrepared('ends in the middle of its rows')
}

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
