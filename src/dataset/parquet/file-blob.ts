import type { FileHandle } from 'node:fs/promises'

/** One read gives 2 GB at most. */
const READ_BYTES = 1 << 30

/**
 * The two things that parquet-wasm asks of a Blob: its size, and the bytes of a slice. Node's own (`openAsBlob`) takes a second and half a
 * gigabyte more for a column of 500 MB.
 */
export function toBlob(handle: FileHandle, size: number, start = 0): Blob {
  const blob: Pick<Blob, 'size' | 'slice' | 'arrayBuffer'> = {
    size,
    slice: (from = 0, to = size) => toBlob(handle, to - from, start + from),
    arrayBuffer: () => readExactly(handle, start, size),
  }
  return blob as Blob
}

async function readExactly(handle: FileHandle, start: number, byteLength: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(byteLength)
  for (let at = 0; at < byteLength; ) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(READ_BYTES, byteLength - at), start + at)
    if (bytesRead === 0) throw new Error('the file ends too early')
    at += bytesRead
  }
  return bytes.buffer
}
