import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Before the bytes: what the file is, and their SHA-256. 64 bytes, so that typed arrays over the rest stay aligned. */
const HEADER_LENGTH = 64
const MAGIC = 'lossline cache 1\n'

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The user's cache folder for Lossline: LOSSLINE_CACHE, else the system's usual place. */
export function findCacheFolder(env: Environment = process.env, platform: string = process.platform): string {
  if (env['LOSSLINE_CACHE']) return env['LOSSLINE_CACHE']
  if (platform === 'win32') {
    return join(env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), 'lossline', 'Cache')
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'lossline')
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'lossline')
}

/**
 * The bytes once kept under a key; undefined when there are none, or they are damaged, or the folder can't be read: a cache is never
 * a reason to fail. They start at a multiple of 8 in their ArrayBuffer.
 *
 * @param key letters, digits, `.`, `_` and `-`; it should change with all that the bytes were made from
 */
export function readCached(key: string, folder: string = findCacheFolder()): Uint8Array | undefined {
  const path = toPath(key, folder)
  let file: Buffer
  try {
    file = readFileSync(path)
  } catch {
    return undefined
  }
  const bytes = file.subarray(HEADER_LENGTH)
  return file.length >= HEADER_LENGTH && file.subarray(0, HEADER_LENGTH).equals(toHeader(bytes))
    ? bytes
    : undefined
}

/** Keeps bytes under a key. Written aside and renamed, so that no reader sees half of them. False when it couldn't be done. */
export function writeCached(key: string, bytes: Uint8Array, folder: string = findCacheFolder()): boolean {
  const path = toPath(key, folder)
  const aside = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(aside, Buffer.concat([toHeader(bytes), bytes]))
    renameSync(aside, path)
    return true
  } catch {
    removeIfThere(aside)
    return false
  }
}

function removeIfThere(path: string): void {
  try {
    rmSync(path)
  } catch {
    // It was never made.
  }
}

function toPath(key: string, folder: string): string {
  if (!/^[\w-][\w.-]*$/.test(key)) throw new RangeError(`no cache key: ${key}`)
  return join(folder, key)
}

function toHeader(bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_LENGTH)
  header.write(MAGIC)
  createHash('sha256')
    .update(bytes)
    .digest()
    .copy(header, HEADER_LENGTH - 32)
  return header
}
