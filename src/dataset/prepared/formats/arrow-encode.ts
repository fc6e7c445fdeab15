import {
  Batch,
  Column,
  type DataType,
  field,
  float32,
  int8,
  int32,
  list,
  Table,
  tableToIPC,
} from '@uwdata/flechette'
import type { TokenRows } from '../../token-rows.ts'
import {
  COLUMN_TYPES,
  type ColumnName,
  type ItemType,
  type ListColumn,
  toColumnNames,
  toColumns,
} from '../columns.ts'
import { toFeatures } from '../features.ts'

const NO_NULLS = new Uint8Array(0)
const ITEM_TYPES: Readonly<Record<ItemType, DataType>> = { int32: int32(), int8: int8(), float32: float32() }

/**
 * An Arrow IPC stream of these batches, in pieces. All are made at once: they are views of the rows, beside the offsets and a few hundred bytes
 * of metadata for each batch.
 *
 * @param rows what all batches have the columns of
 */
export function encodeArrow(rows: TokenRows, batches: readonly TokenRows[]): readonly Uint8Array[] {
  const names = toColumnNames(rows)
  const schema = {
    fields: names.map(name => field(name, toListType(name))),
    metadata: new Map([['huggingface', JSON.stringify({ info: { features: toFeatures(names) } })]]),
  }
  const byBatch = batches.map(batch => toColumns(batch).map(toArrowBatch))
  const columns = names.map((name, c) => {
    const data = byBatch.map(batch => batch[c]!)
    return new Column(data, toListType(name))
  })
  const sink = new ChunkSink()
  tableToIPC(new Table(schema, columns), { sink, format: 'stream' })
  return sink.chunks
}

function toListType(name: ColumnName): DataType {
  return list(ITEM_TYPES[COLUMN_TYPES[name]])
}

function toArrowBatch({ name, values, offsets }: ListColumn): Batch<unknown> {
  const itemType = ITEM_TYPES[COLUMN_TYPES[name]]
  const items = { length: values.length, nullCount: 0, type: itemType, validity: NO_NULLS, values }
  return new Batch({
    length: offsets.length - 1,
    nullCount: 0,
    type: toListType(name),
    validity: NO_NULLS,
    offsets,
    children: [new Batch(items)],
  })
}

/** Keeps what the encoder writes, without a copy. */
class ChunkSink {
  readonly chunks: Uint8Array[] = []

  write(bytes: Uint8Array): void {
    this.chunks.push(bytes)
  }

  pad(byteCount: number): void {
    this.write(new Uint8Array(byteCount))
  }

  finish(): null {
    return null
  }
}
