import { tableFromIPC } from '@uwdata/flechette'
import { splitParquet } from '../../parquet/split.ts'
import type { TokenRows } from '../../token-rows.ts'
import { toTableRows } from './arrow-decode.ts'

/** Rows that are read at a time; no batch crosses the end of a row group. */
const BATCH_ROWS = 1000

/** The rows of a Parquet file, a batch at a time. */
export async function* decodeParquet(path: string): AsyncGenerator<TokenRows> {
  for await (const { bytes } of splitParquet(path, { rows: BATCH_ROWS })) {
    yield toTableRows(tableFromIPC(bytes))
  }
}
