/**
 * A run of whole rows of a file, not yet parsed: what the thread that reads hands to one that works. Plain data, to be posted with
 * its buffers transferred ({@link listTransfers}). A chunk is a matter of the file's content and of `chunkBytes` alone.
 */
export type Chunk = LinesChunk | ItemsChunk | DocumentChunk | CsvChunk | ArrowChunk

interface ChunkBase {
  /** Of the file, for the places of its rows; `stdin` for standard input. */
  readonly name: string
  /** Rows of the file before this chunk. */
  readonly startRow: number
  /** How many rows reading it gives, broken ones among them. */
  readonly rowCount: number
}

/** Whole lines of JSON lines. */
export interface LinesChunk extends ChunkBase {
  readonly kind: 'lines'
  readonly bytes: Uint8Array
  /** Lines of the file before this chunk, blank ones too. */
  readonly startLine: number
  /** Bytes of the file (unpacked) before this chunk. */
  readonly byteOffset: number
  /** Whether the file ends here, and not with a newline. */
  readonly isOpenEnd: boolean
}

/** Items of a JSON list, with what stands between them. */
export interface ItemsChunk extends ChunkBase {
  readonly kind: 'items'
  readonly bytes: Uint8Array
  /** Uint32Array of each item's `[start, end)` in `bytes`. */
  readonly ranges: ArrayBuffer
  /** Lines of the file before the first byte, and the UTF-16 units before it on its own line. */
  readonly startLine: number
  readonly startColumn: number
  readonly byteOffset: number
}

/** A JSON document that is one row. */
export interface DocumentChunk extends ChunkBase {
  readonly kind: 'document'
  readonly bytes: ArrayBuffer
}

/** Whole records of CSV. */
export interface CsvChunk extends ChunkBase {
  readonly kind: 'csv'
  readonly bytes: Uint8Array
  /** Uint32Array of each record's `[start, end)` in `bytes`. */
  readonly ranges: ArrayBuffer
  /** Of the header. */
  readonly columns: readonly string[]
  readonly delimiter: string
  readonly startLine: number
  readonly byteOffset: number
  /** Whether the file ends here, inside of a quoted field. */
  readonly isOpenEnd: boolean
}

/** Record batches of Arrow: a stream of schema, dictionaries and batches, still packed where they are. Parquet comes as these too. */
export interface ArrowChunk extends ChunkBase {
  readonly kind: 'arrow'
  readonly bytes: ArrayBuffer
}

/**
 * The buffers of a chunk, for `postMessage(chunk, listTransfers(chunk))`; the chunk is of no more use to the sender. Shared memory stays
 * where it is.
 */
export function listTransfers(chunk: Chunk): ArrayBuffer[] {
  switch (chunk.kind) {
    case 'document':
    case 'arrow':
      return [chunk.bytes]
    case 'lines':
      return listOwned(chunk.bytes)
    case 'items':
    case 'csv':
      return [...listOwned(chunk.bytes), chunk.ranges]
    default: {
      const never: never = chunk
      return never
    }
  }
}

/** Where the bytes of a chunk lie: to be given back to whom it was taken from. */
export function memoryOf({ bytes }: Chunk): ArrayBuffer | SharedArrayBuffer {
  return bytes instanceof Uint8Array ? (bytes.buffer as ArrayBuffer | SharedArrayBuffer) : bytes
}

function listOwned({ buffer }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer ? [buffer] : []
}
