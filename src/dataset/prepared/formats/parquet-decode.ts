import { tableFromIPC } from '@uwdata/flechette'
import type { RecordBatch } from 'parquet-wasm/node'
import { openParquet } from '../../parquet/open.ts'
import type { TokenRows } from '../../token-rows.ts'
import { toTableRows } from './arrow-decode.ts'

/** Rows that are read at a time; no batch crosses the end of a row group. */
const BATCH_ROWS = 1000

/** The rows of a Parquet file, a batch at a time. */
export async function* decodeParquet(path: string): AsyncGenerator<TokenRows> {
  const { file, close } = await openParquet(path)
  try {
    const batches = (await file.stream({ batchSize: BATCH_ROWS })) as ReadableStream<RecordBatch>
    for await (const batch of batches) yield toTableRows(tableFromIPC(batch.intoIPCStream()))
  } finally {
    close()
  }
}
