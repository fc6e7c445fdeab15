import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { toWriteError } from './write-error.ts'

/** Chunks smaller than this are gathered, so that no system call is made for a few bytes of padding. */
const GATHERED_BYTES = 1 << 16

export interface WrittenFile {
  readonly byteLength: number
  /** Hexadecimal. */
  readonly sha256: string
}

/**
 * Writes a file so that its name only ever means the whole of it: to `<path>.tmp`, to the disk, then renamed, whatever had the name before.
 * When it fails, or the process ends in the middle, nothing is left behind; when the process is killed, a `.tmp` that the next attempt overwrites.
 *
 * @param chunks each is used up before the next is asked for
 * @throws LosslineError `dataset/disk-full`, `dataset/not-writable`, `dataset/no-folder`, `dataset/write-failed`
 */
export async function writeFileWhole(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<WrittenFile> {
  const aside = `${path}.tmp`
  const forget = removeAtExit(aside)
  try {
    const written = await writeAside(aside, chunks)
    await rename(aside, path)
    await syncFolder(dirname(path))
    return written
  } catch (cause) {
    // The first error is the one to tell: that the file could not be removed adds nothing to "no permission".
    await rm(aside, { force: true }).catch(() => {})
    throw toWriteError(cause, path)
  } finally {
    forget()
  }
}

/** Files that are being written. */
const unfinished = new Set<string>()

/** Ctrl-C ends the command line with `process.exit`, which waits for nothing. @returns takes the file off the list */
function removeAtExit(path: string): () => void {
  if (unfinished.size === 0) process.on('exit', removeUnfinished)
  unfinished.add(path)
  return () => {
    unfinished.delete(path)
    if (unfinished.size === 0) process.off('exit', removeUnfinished)
  }
}

function removeUnfinished(): void {
  for (const path of unfinished) {
    try {
      rmSync(path, { force: true })
    } catch {
      // The next attempt writes over it.
    }
  }
}

async function writeAside(
  aside: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<WrittenFile> {
  const hash = createHash('sha256')
  let byteLength = 0
  const handle = await open(aside, 'w')
  try {
    for await (const chunk of gather(chunks)) {
      // The system writes in a thread of its own while this one hashes.
      const writing = writeAll(handle, chunk)
      hash.update(chunk)
      byteLength += chunk.byteLength
      await writing
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { byteLength, sha256: hash.digest('hex') }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength; ) {
    at += (await handle.write(chunk, at, chunk.byteLength - at)).bytesWritten
  }
}

/** The same bytes with small chunks put together; large ones pass as they are. */
async function* gather(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gathered = new Uint8Array(GATHERED_BYTES)
  let length = 0
  for await (const chunk of chunks) {
    if (length + chunk.byteLength > GATHERED_BYTES) {
      if (length > 0) yield gathered.subarray(0, length)
      length = 0
    }
    if (chunk.byteLength > GATHERED_BYTES) {
      yield chunk
    } else {
      gathered.set(chunk, length)
      length += chunk.byteLength
    }
  }
  if (length > 0) yield gathered.subarray(0, length)
}

/** A rename is on the disk when its folder is. Windows has no such call, nor need of it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
