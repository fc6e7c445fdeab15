import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { LosslineError, systemCodeOf } from '../error.ts'

/**
 * The text of `name` in a folder, or of `name.gz` unpacked; undefined when there is neither.
 *
 * @throws LosslineError `hub/unreadable`, `hub/gzip`, `hub/not-utf8`
 */
export function readTextIn(folder: string, name: string): string | undefined {
  return readText(join(folder, name)) ?? readText(join(folder, `${name}.gz`))
}

/** The text of a file, unpacked when it is gzip; undefined when there is none. A byte order mark is left out. */
export function readText(path: string): string | undefined {
  const bytes = readBytes(path)
  return bytes === undefined ? undefined : toText(bytes, path)
}

/** A file's bytes as they are; undefined when there is none. */
export function readBytes(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch (cause) {
    const code = systemCodeOf(cause)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    const fix = 'Check the path and its permissions.'
    throw new LosslineError('hub/unreadable', `can't be read (${code})`, { where: path, fix, cause })
  }
}

/** A file's text from its bytes, unpacked when they are gzip. A byte order mark is left out. */
export function toText(bytes: Uint8Array, path: string): string {
  const unpacked = bytes[0] === 0x1f && bytes[1] === 0x8b ? unpack(bytes, path) : bytes
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(unpacked)
  } catch (cause) {
    const fix = 'Copy or download it again.'
    throw new LosslineError('hub/not-utf8', 'is not UTF-8', { where: path, fix, cause })
  }
}

function unpack(bytes: Uint8Array, path: string): Uint8Array {
  try {
    return gunzipSync(bytes)
  } catch (cause) {
    const fix = 'Copy or download it again.'
    throw new LosslineError('hub/gzip', 'is gzip that is cut or damaged', { where: path, fix, cause })
  }
}
