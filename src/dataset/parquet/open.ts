import { openAsBlob } from 'node:fs'
import type { ParquetFile } from 'parquet-wasm/node'
import { LosslineError } from '../../error.ts'
import { toFileError } from '../file-error.ts'

/**
 * Opens a Parquet file, of which only what is asked for is read.
 *
 * @throws LosslineError `dataset/parquet-damaged` when its footer can't be read, and what opening a file throws
 */
export async function openParquet(path: string): Promise<{ file: ParquetFile; close(): void }> {
  // Five megabytes of WebAssembly, loaded when there is Parquet to read.
  const parquet = await import('parquet-wasm/node')
  const blob = await openAsBlob(path).catch((cause: unknown) => {
    throw toFileError(cause, path)
  })
  try {
    const file = await parquet.ParquetFile.fromFile(blob)
    return { file, close: () => file.free() }
  } catch (cause) {
    throw toParquetError(cause, path)
  }
}

export function toParquetError(cause: unknown, path: string, rows = ''): LosslineError {
  const message = cause instanceof Error ? cause.message : String(cause)
  const what = `is damaged Parquet${rows} (${message.replace(/\s+/g, ' ').slice(0, 120)})`
  const fix = 'Copy or download it again.'
  return new LosslineError('dataset/parquet-damaged', what, { where: path, fix, cause })
}
