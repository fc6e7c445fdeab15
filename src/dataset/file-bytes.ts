import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { ByteSource } from './byte-source.ts'
import { isGzip, unpackGzip } from './compression/gzip.ts'
import { isZstd, unpackZstd } from './compression/zstd.ts'

/** Bytes in one read; lines are cut out of it, so it should hold some. */
const READ_BYTES = 1 << 20

/** How a file is packed, told by its first bytes. */
export type Compression = 'gzip' | 'zstd'

/** The bytes of a file, unpacked. */
export interface OpenedFile {
  readonly source: ByteSource
  readonly compression: Compression | undefined
  /** To be called when no more is read: closes the file. */
  close(): Promise<void>
}

/**
 * Opens a file (`-`: standard input); where its content is gzip or zstd it is unpacked, whatever the name says. Errors of the file come
 * out of {@link ByteSource.finish}: no such file, a folder, no permission, packed data that is cut or damaged.
 *
 * @param onBytes told of the bytes of each read, as they lie in the file
 */
export async function openFile(
  file: string,
  name: string,
  onBytes?: (byteLength: number) => void,
): Promise<OpenedFile> {
  const stream: Readable =
    file === '-' ? process.stdin : createReadStream(file, { highWaterMark: READ_BYTES })
  const blocks = stream as AsyncIterable<Buffer>
  const packed = new ByteSource(onBytes === undefined ? blocks : tellBytes(blocks, onBytes), name)
  const close = async (): Promise<void> => {
    await packed.close()
    stream.destroy()
  }
  const head = await packed.look(4)
  if (isGzip(head)) return { source: new ByteSource(unpackGzip(packed), name), compression: 'gzip', close }
  if (isZstd(head)) return { source: new ByteSource(unpackZstd(packed), name), compression: 'zstd', close }
  return { source: packed, compression: undefined, close }
}

async function* tellBytes(
  blocks: AsyncIterable<Buffer>,
  onBytes: (byteLength: number) => void,
): AsyncGenerator<Buffer> {
  for await (const block of blocks) {
    onBytes(block.length)
    yield block
  }
}
