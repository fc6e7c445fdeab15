import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Compression } from '../file-bytes.ts'

/** How a file is to be packed, told by its name. */
export function compressionOf(path: string): Compression | undefined {
  if (/\.gz$/i.test(path)) return 'gzip'
  return /\.zst$/i.test(path) ? 'zstd' : undefined
}

/** The chunks packed, each by itself: what reads gzip and zstd takes members and frames one after the other for one. */
export async function* pack(
  chunks: AsyncIterable<Uint8Array>,
  compression: Compression | undefined,
): AsyncGenerator<Uint8Array> {
  const packOne = compression === undefined ? undefined : await openPacker(compression)
  for await (const chunk of chunks) {
    if (packOne === undefined) yield chunk
    else if (chunk.byteLength > 0) yield await packOne(chunk)
  }
}

async function openPacker(compression: Compression): Promise<(chunk: Uint8Array) => Promise<Uint8Array>> {
  if (compression === 'gzip') return promisify(gzip)
  const zstd = await import('@bokuweb/zstd-wasm')
  await zstd.init()
  return async chunk => zstd.compress(chunk, ZSTD_LEVEL)
}

/** zstd's own default. */
const ZSTD_LEVEL = 3
