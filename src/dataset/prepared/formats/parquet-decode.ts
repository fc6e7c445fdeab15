import { openAsBlob } from 'node:fs'
import { tableFromIPC } from '@uwdata/flechette'
import { ParquetFile, type RecordBatch } from 'parquet-wasm'
import type { TokenRows } from '../../token-rows.ts'
import { toTableRows } from './arrow-decode.ts'

/** Rows that are read at a time; no batch crosses the end of a row group. */
const BATCH_ROWS = 1000

/** The rows of a Parquet file, a batch at a time. */
export async function* decodeParquet(path: string): AsyncGenerator<TokenRows> {
  const file = await ParquetFile.fromFile(await openAsBlob(path))
  try {
    const batches = (await file.stream({ batchSize: BATCH_ROWS })) as ReadableStream<RecordBatch>
    for await (const batch of batches) yield toTableRows(tableFromIPC(batch.intoIPCStream()))
  } finally {
    file.free()
  }
}
