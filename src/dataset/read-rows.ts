import type { DatasetRow, Notice } from './dataset-row.ts'
import type { InputFormat } from './input-format.ts'
import { readChunk } from './read-chunk.ts'
import { splitAsRead } from './split-file.ts'

export interface ReadOptions {
  /** Taken instead of what the content tells. */
  readonly format?: InputFormat
  /** Told what was accepted although it is odd. */
  readonly notice?: Notice
}

/**
 * The rows of a file: JSON lines, a JSON document (a list of rows, or a single one), CSV, Parquet or Arrow, told apart by what is in it;
 * text and Arrow plain, gzip or zstd. `-` is standard input, a folder one that `datasets.save_to_disk` wrote. Rows are streamed, the first
 * as soon as it is read.
 *
 * @throws LosslineError `dataset/…` for a file that can't be read or holds no rows, `json/syntax` for a document that is no JSON;
 *   a broken row is one of kind `broken` instead
 */
export async function* readRows(file: string, options: ReadOptions = {}): AsyncGenerator<DatasetRow> {
  for await (const chunk of splitAsRead(file, options)) yield* await readChunk(chunk)
}
