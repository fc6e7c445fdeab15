import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { LosslineError } from '../../error.ts'
import { type Header, MAX_HEADER_BYTES, parseHeader } from './header.ts'

/** The system reads at most 2 GiB in one call. */
const MAX_READ_BYTES = 1 << 30

/** The header of a safetensors file and where the bytes behind it start. */
export interface FileHeader extends Header {
  readonly dataStart: number
}

/**
 * Reads the header of a safetensors file and nothing else of it.
 *
 * @throws LosslineError `weights/not-found`, `weights/unreadable`, and those of `parseHeader`
 */
export function readHeader(file: string): FileHeader {
  return withFile(file, descriptor => {
    const { size } = fstatSync(descriptor)
    const prefix = new Uint8Array(8)
    if (size < prefix.length) throw cut(file, `it has ${size} bytes`)
    readFully(descriptor, prefix, 0, file)
    const length = Number(new DataView(prefix.buffer).getBigUint64(0, true))
    if (length > MAX_HEADER_BYTES) {
      const what = `is no safetensors file: its first 8 bytes give a header of ${length} bytes, more than ${MAX_HEADER_BYTES}`
      throw new LosslineError('weights/header', what, { where: file, fix: 'Copy or download it again.' })
    }
    const dataStart = prefix.length + length
    if (dataStart > size) throw cut(file, `its header has ${length} bytes, the file ${size}`)
    const json = new Uint8Array(length)
    readFully(descriptor, json, prefix.length, file)
    return { ...parseHeader(json, size - dataStart, file), dataStart }
  })
}

/** Opens a file for `use` alone, and says in words what the system says when it can't be read. */
export function withFile<T>(file: string, use: (descriptor: number) => T): T {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (cause) {
    throw toReadError(cause, file)
  }
  try {
    return use(descriptor)
  } catch (cause) {
    throw toReadError(cause, file)
  } finally {
    closeSync(descriptor)
  }
}

/** Fills `target` with the file's bytes from `startByte`. @throws LosslineError `weights/cut` where the file ends before */
export function readFully(descriptor: number, target: Uint8Array, startByte: number, file: string): void {
  for (let at = 0; at < target.byteLength; ) {
    const length = Math.min(target.byteLength - at, MAX_READ_BYTES)
    const count = readSync(descriptor, target, at, length, startByte + at)
    if (count === 0) throw cut(file, `it ends at byte ${startByte + at}`)
    at += count
  }
}

function toReadError(cause: unknown, file: string): unknown {
  if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause)) return cause
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
    return new LosslineError('weights/not-found', 'does not exist', {
      where: file,
      fix: 'Check the path.',
      cause,
    })
  }
  const fix = 'Check the path and its permissions.'
  return new LosslineError('weights/unreadable', `can't be read (${cause.code})`, { where: file, fix, cause })
}

function cut(file: string, found: string): LosslineError {
  const fix = 'Copy or download it again.'
  return new LosslineError('weights/cut', `is cut: ${found}`, { where: file, fix })
}
