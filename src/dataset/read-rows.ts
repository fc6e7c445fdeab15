import type { DatasetRow, Notice } from './dataset-row.ts'
import { readChunk } from './read-chunk.ts'
import { splitAsRead } from './split-file.ts'

export interface ReadOptions {
  /** Told what was accepted although it is odd. */
  readonly notice?: Notice
}

/**
 * The rows of a file of JSON lines or of one JSON document (a list of rows, or a single one), told apart by what is in it; plain or gzip;
 * `-` is standard input. Rows are streamed, the first as soon as it is read.
 *
 * @throws LosslineError `dataset/…` for a file that can't be read or holds no rows, `json/syntax` for a document that is no JSON;
 *   a broken row is one of kind `broken` instead
 */
export async function* readRows(file: string, options: ReadOptions = {}): AsyncGenerator<DatasetRow> {
  for await (const chunk of splitAsRead(file, options)) yield* await readChunk(chunk)
}
