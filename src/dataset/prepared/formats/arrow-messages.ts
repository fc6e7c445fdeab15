import type { FileHandle } from 'node:fs/promises'
import { toNotPrepared } from './list-columns.ts'

/** Before each message: -1, and the bytes of its metadata. */
const PREFIX_BYTES = 8
const MAX_METADATA_BYTES = 1 << 26

/** Where a message's table keeps its body's length: the fourth field (0-based 3) of `Message` in Arrow's format/Message.fbs. */
const BODY_LENGTH_SLOT = 4 + 2 * 3

/**
 * The messages of an Arrow IPC stream, each with its prefix and its body: first the schema, then batches. One is in memory at a time.
 *
 * @throws LosslineError `dataset/not-prepared` for what is no stream, or one that ends too soon
 */
export async function* readArrowMessages(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; ) {
    const prefix = await readAt(handle, at, PREFIX_BYTES)
    const [continuation, metadataLength] = new Int32Array(prefix.buffer)
    if (continuation !== -1 || metadataLength! < 0 || metadataLength! > MAX_METADATA_BYTES) {
      throw toNotPrepared('is no Arrow stream')
    }
    if (metadataLength === 0) return
    const metadata = await readAt(handle, at + PREFIX_BYTES, metadataLength!)
    const length = PREFIX_BYTES + metadataLength! + readBodyLength(new DataView(metadata.buffer))
    yield await readAt(handle, at, length)
    at += length
  }
}

/** Just that many bytes, in memory of their own, so that typed arrays over them are aligned. */
async function readAt(handle: FileHandle, start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length)
  for (let read = 0; read < length; ) {
    const { bytesRead } = await handle.read(bytes, read, length - read, start + read)
    if (bytesRead === 0) throw toNotPrepared('ends in the middle of its rows')
    read += bytesRead
  }
  return bytes
}

/** Reads one field of a FlatBuffer: the table's first word leads back to its list of fields, which says where each lies. 0 where it has none. */
function readBodyLength(metadata: DataView): number {
  const table = metadata.getUint32(0, true)
  const fields = table - metadata.getInt32(table, true)
  if (metadata.getUint16(fields, true) <= BODY_LENGTH_SLOT) return 0
  const offset = metadata.getUint16(fields + BODY_LENGTH_SLOT, true)
  return offset === 0 ? 0 : Number(metadata.getBigInt64(table + offset, true))
}
