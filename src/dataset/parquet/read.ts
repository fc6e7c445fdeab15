import { readArrow } from '../arrow/read.ts'
import type { ParquetChunk } from '../chunk.ts'
import type { DatasetRow } from '../dataset-row.ts'
import { openParquet, toParquetError } from './open.ts'

/**
 * Rows of a Parquet file, decoded to Arrow and read as that.
 *
 * @throws LosslineError `dataset/parquet-damaged` with the rows that can't be read
 */
export async function readParquet(chunk: ParquetChunk): Promise<Iterable<DatasetRow>> {
  const { name, rowGroups, rowCount, skippedRows, startRow } = chunk
  const { file, close } = await openParquet(name)
  try {
    const table = await file.read({
      rowGroups: [...rowGroups],
      offset: skippedRows,
      limit: rowCount,
      batchSize: rowCount,
    })
    return readArrow(table.intoIPCStream(), { name, startRow })
  } catch (cause) {
    throw toParquetError(cause, name, ` in rows ${startRow} to ${startRow + rowCount - 1}`)
  } finally {
    close()
  }
}
