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
  let error: unknown
  let settle = (): void => {}
  gunzip.on('error', cause => {
    error = cause
    settle()
  })
  /** Waits until a step is done, or has failed. */
  const run = (start: (done: () => void) => void): Promise<void> =>
    new Promise(resolve => {
      settle = resolve
      if (error === undefined) start(resolve)
      else resolve()
    })
  try {
    for await (const block of packed.blocks(PACKED_BYTES)) {
      await run(done => gunzip.write(block, () => done()))
      yield* unpacked.splice(0)
      if (error !== undefined) throw error
    }
    packed.finish(0)
    await run(done => {
      gunzip.once('end', done)
      gunzip.end()
    })
    yield* unpacked.splice(0)
    if (error !== undefined) throw error
  } finally {
    gunzip.destroy()
  }
}
