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

/** The mark of the end of a stream. */
const END_BYTES = 8

/**
 * An Arrow IPC stream of these batches, in pieces: views of a batch's rows, beside its offsets and a few hundred bytes of metadata. A batch is asked
 * for when all pieces of the one before are taken.
 *
 * @param batches one or more, all of the same columns
 */
export function* encodeArrow(batches: Iterable<TokenRows>): Generator<Uint8Array> {
  let schemaBytes: number | undefined
  let end: Uint8Array | undefined
  for (const batch of batches) {
    // The library writes whole streams: of each but the first, what is between its schema and its end.
    const stream = encodeStream(batch)
    end = stream.pop()!
    if (schemaBytes === undefined) schemaBytes = countBytes(encodeStream(batch, false)) - END_BYTES
    else dropBytes(stream, schemaBytes)
    yield* stream
  }
  if (end !== undefined) yield end
}

/** The pieces of a stream of one batch, or of none; the last is the mark of its end. */
function encodeStream(batch: TokenRows, hasBatch = true): Uint8Array[] {
  const names = toColumnNames(batch)
  const schema = {
    fields: names.map(name => field(name, toListType(name))),
    metadata: new Map([['huggingface', JSON.stringify({ info: { features: toFeatures(names) } })]]),
  }
  const columns = toColumns(batch).map(
    column => new Column(hasBatch ? [toArrowBatch(column)] : [], toListType(column.name)),
  )
  const sink = new ChunkSink()
  tableToIPC(new Table(schema, columns), { sink, format: 'stream' })
  return sink.chunks
}

function countBytes(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
}

/** Takes whole chunks off the start. */
function dropBytes(chunks: Uint8Array[], byteCount: number): void {
  for (let left = byteCount; left > 0; ) left -= chunks.shift()!.byteLength
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
