import { openAsBlob } from 'node:fs'
import { tableFromIPC } from '@uwdata/flechette'
import type { RecordBatch, Table } from 'parquet-wasm'
import type { TokenRows } from '../../token-rows.ts'
import { toBatches } from '../batches.ts'
import { encodeArrow } from './arrow.ts'
import { toTableRows } from './arrow-batch.ts'
import type { ShardFormat } from './shard-format.ts'

/** Compressed. A row group lies in memory until it is written, and is the least that a reader reads. */
const ROW_GROUP_BYTES = 1 << 24
/** Rows that are read at a time; no batch crosses the end of a row group. */
const BATCH_ROWS = 1000

/** Parquet, compressed with zstd. Without dictionaries: for token ids they cost a third of the speed and save 4% of the bytes. */
export const parquet: ShardFormat = {
  name: 'parquet',
  extension: '.parquet',
  builder: 'parquet',
  hasState: false,
  encode: encodeParquet,
  decode: decodeParquet,
}

async function* encodeParquet(rows: TokenRows): AsyncGenerator<Uint8Array> {
  // 5 MB of WebAssembly, for those alone who write Parquet.
  const wasm = await import('parquet-wasm')
  const properties = new wasm.WriterPropertiesBuilder()
    .setCompression(wasm.Compression.ZSTD)
    .setDictionaryEnabled(false)
    .setMaxRowGroupBytes(ROW_GROUP_BYTES)
    .build()
  const batches = toBatches(rows)
  const source = new ReadableStream<RecordBatch>({
    pull(controller) {
      const { done, value } = batches.next()
      if (done) controller.close()
      else controller.enqueue(toWasmBatch(value, wasm.Table))
    },
  })
  yield* await wasm.transformParquetStream(source, properties)
}

/** Copies a batch into WebAssembly's memory; whom it is given to frees it. */
function toWasmBatch(batch: TokenRows, { fromIPCStream }: typeof Table): RecordBatch {
  const table = fromIPCStream(Buffer.concat(encodeArrow(batch, [batch])))
  try {
    return table.recordBatch(0)!
  } finally {
    table.free()
  }
}

async function* decodeParquet(path: string): AsyncGenerator<TokenRows> {
  const { ParquetFile } = await import('parquet-wasm')
  const file = await ParquetFile.fromFile(await openAsBlob(path))
  try {
    const batches = (await file.stream({ batchSize: BATCH_ROWS })) as ReadableStream<RecordBatch>
    for await (const batch of batches) yield toTableRows(tableFromIPC(batch.intoIPCStream()))
  } finally {
    file.free()
  }
}
