import { createGunzip } from 'node:zlib'
import type { ByteSource } from '../byte-source.ts'

/** Packed bytes unpacked in one go: what comes of them is in memory at once, at most a thousand times as much. */
const PACKED_BYTES = 1 << 16

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

/**
 * The content of gzip, of all its members. What was unpacked before the data ends too early or is damaged comes out first; a stream
 * read in the usual way would lose it, more or less of it from run to run.
 */
export async function* unpackGzip(packed: ByteSource): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 1 << 20 })
  const unpacked: Buffer[] = []
  gunzip.on('data', (block: Buffer) => unpacked.push(block))
  const failed = new Promise<never>((_, reject) => gunzip.once('error', reject))
  // Awaited below, where it is needed.
  failed.catch(() => {})
  try {
    for await (const block of packed.blocks(PACKED_BYTES)) {
      const written = new Promise<void>(resolve => gunzip.write(block, () => resolve()))
      const error = await Promise.race([written, failed]).catch((cause: unknown) => cause)
      yield* unpacked.splice(0)
      if (error !== undefined) throw error
    }
    packed.finish(0)
    const ended = new Promise<void>(resolve => gunzip.once('end', resolve))
    gunzip.end()
    const error = await Promise.race([ended, failed]).catch((cause: unknown) => cause)
    yield* unpacked.splice(0)
    if (error !== undefined) throw error
  } finally {
    gunzip.destroy()
  }
}
