import type { Chunk } from './chunk.ts'
import { readCsv } from './csv/read.ts'
import type { DatasetRow } from './dataset-row.ts'
import { readDocument, readItems } from './json/read.ts'
import { readLines } from './lines/read.ts'

/**
 * The rows of a chunk, `chunk.rowCount` of them: the costly half of reading, which any thread may do. What is wrong with a row is a row
 * of kind `broken`.
 */
export async function readChunk(chunk: Chunk): Promise<Iterable<DatasetRow>> {
  switch (chunk.kind) {
    case 'lines':
      return readLines(chunk)
    case 'items':
      return readItems(chunk)
    case 'document':
      return readDocument(chunk)
    case 'csv':
      return readCsv(chunk)
    // Flechette is loaded where there is Arrow to read.
    case 'arrow':
      return (await import('./arrow/read.ts')).readArrow(new Uint8Array(chunk.bytes), chunk)
    default: {
      const never: never = chunk
      return never
    }
  }
}
