import {
  Batch,
  Column,
  type DataType,
  field,
  float32,
  int32,
  list,
  Table,
  tableToIPC,
} from '@uwdata/flechette'
import type { TokenRows } from '../../token-rows.ts'
import { COLUMN_TYPES, cutRows, type ListColumn, type RowRange, sliceColumn, toColumns } from '../columns.ts'
import { toFeatures } from '../features.ts'
import type { ShardFormat } from './shard-format.ts'

/** As many rows as `datasets` writes in one batch. */
const BATCH_ROWS = 1000
/** 4 MiB a column: who reads a stream holds a batch at a time. */
const BATCH_TOKENS = 1 << 20

const NO_NULLS = new Uint8Array(0)
const ITEM_TYPES: Readonly<Record<'int32' | 'float32', DataType>> = { int32: int32(), float32: float32() }

/** Arrow IPC streams, as `datasets` writes and memory-maps them. */
export const arrow: ShardFormat = {
  name: 'arrow',
  extension: '.arrow',
  builder: 'arrow',
  hasState: true,
  encode: encodeArrow,
}

/** All chunks are made at once: they are views of the rows, beside a few hundred bytes of metadata and the offsets of each batch. */
function encodeArrow(rows: TokenRows): readonly Uint8Array[] {
  const columns = toColumns(rows)
  const batches = [...cutRows(rows, BATCH_ROWS, BATCH_TOKENS)]
  // load_dataset fails over a file among others that has no batch.
  if (batches.length === 0) batches.push({ start: 0, end: 0 })
  const features = JSON.stringify({ info: { features: toFeatures(columns.map(({ name }) => name)) } })
  const schema = {
    fields: columns.map(({ name }) => field(name, toListType(name))),
    metadata: new Map([['huggingface', features]]),
  }
  const table = new Table(
    schema,
    columns.map(column => toArrowColumn(column, batches)),
  )
  const sink = new ChunkSink()
  tableToIPC(table, { sink, format: 'stream' })
  return sink.chunks
}

function toListType(name: ListColumn['name']): DataType {
  return list(ITEM_TYPES[COLUMN_TYPES[name]])
}

function toArrowColumn(column: ListColumn, batches: readonly RowRange[]): Column<unknown> {
  const type = toListType(column.name)
  return new Column(
    batches.map(({ start, end }) => toArrowBatch(sliceColumn(column, start, end), type)),
    type,
  )
}

function toArrowBatch({ name, values, offsets }: ListColumn, type: DataType): Batch<unknown> {
  const itemType = ITEM_TYPES[COLUMN_TYPES[name]]
  const items = { length: values.length, nullCount: 0, type: itemType, validity: NO_NULLS, values }
  return new Batch({
    length: offsets.length - 1,
    nullCount: 0,
    type,
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
