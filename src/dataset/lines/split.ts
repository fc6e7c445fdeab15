import { constants } from 'node:buffer'
import { LosslineError } from '../../error.ts'
import type { LinesChunk } from '../chunk.ts'
import type { RowScanner } from '../split-text.ts'

const NEWLINE = 0x0a

/** Cuts JSON lines where a line ends. Lines are only counted here: nothing is decoded. */
export class LineScanner implements RowScanner {
  readonly #name: string
  #byteOffset: number
  #openBytes = 0
  #line = 0
  rowCount = 0

  /** @param byteOffset bytes of the file before the first line */
  constructor(name: string, byteOffset: number) {
    this.#name = name
    this.#byteOffset = byteOffset
  }

  scan(block: Buffer): number {
    const end = block.lastIndexOf(NEWLINE) + 1
    const taken = end === 0 ? 0 : this.#openBytes + end
    this.#openBytes += block.length - taken
    if (this.#openBytes > constants.MAX_STRING_LENGTH) throw tooLong(`${this.#name}:${this.#line + 1}`)
    return taken
  }

  take(bytes: Buffer): LinesChunk | undefined {
    return this.#toChunk(bytes, false)
  }

  end(rest: Buffer): LinesChunk | undefined {
    return this.#toChunk(rest, true)
  }

  #toChunk(bytes: Buffer, isOpenEnd: boolean): LinesChunk | undefined {
    const { lines, rows } = countLines(bytes)
    const chunk: LinesChunk = {
      kind: 'lines',
      name: this.#name,
      startRow: this.rowCount,
      rowCount: rows,
      bytes,
      startLine: this.#line,
      byteOffset: this.#byteOffset,
      isOpenEnd,
    }
    this.#line += lines
    this.#byteOffset += bytes.length
    this.rowCount += rows
    return rows === 0 ? undefined : chunk
  }
}

function countLines(bytes: Buffer): { lines: number; rows: number } {
  let lines = 0
  let rows = 0
  for (let start = 0; start < bytes.length; lines++) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    if (!isBlank(bytes, start, end)) rows++
    start = end + 1
  }
  return { lines, rows }
}

/** Whether a line is JSON's own white space; anything else on a line is meant as a row. */
export function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false
  }
  return true
}

function tooLong(where: string): LosslineError {
  const fix = 'Check that the file has line ends.'
  return new LosslineError('dataset/line-too-long', 'is a line of more than 512 MB', { where, fix })
}
