import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** A thread that prepares rows comes to the next read once in a chunk of 1 MB: with as much a read the hash would be the last to be ready. */
const READ_BYTES = 1 << 22

/** The SHA-256 of a file's bytes, in hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const block of createReadStream(path, { highWaterMark: READ_BYTES }))
    hash.update(block as Buffer)
  return hash.digest('hex')
}
