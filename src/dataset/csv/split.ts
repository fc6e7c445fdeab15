import { constants } from 'node:buffer'
import { LosslineError, quote } from '../../error.ts'
import type { CsvChunk } from '../chunk.ts'
import type { RowScanner } from '../split-text.ts'
import { parseFields } from './fields.ts'

/** Where the scan is in a record. */
type State = 'field' | 'plain' | 'quoted' | 'quote'

const NEWLINE = 0x0a
const RETURN = 0x0d
const QUOTE = 0x22

/**
 * Finds the records of CSV: they end at newlines outside of quotes, and a field is quoted where a quote comes first in it. The first record
 * is the header.
 */
export class RecordScanner implements RowScanner {
  readonly #name: string
  readonly #delimiter: string
  readonly #delimiterByte: number
  #byteOffset: number
  #columns: readonly string[] | undefined
  #state: State = 'field'
  #line = 0
  // Positions count from the last take.
  #position = 0
  #recordStart = 0
  #ranges: number[] = []
  rowCount = 0

  constructor(name: string, byteOffset: number, delimiter: string) {
    this.#name = name
    this.#byteOffset = byteOffset
    this.#delimiter = delimiter
    this.#delimiterByte = delimiter.charCodeAt(0)
  }

  scan(block: Buffer): number {
    const base = this.#position
    let state = this.#state
    for (let at = 0; at < block.length; at++) {
      if (state === 'quoted') {
        const end = block.indexOf(QUOTE, at)
        if (end < 0) break
        at = end
        state = 'quote'
        continue
      }
      const byte = block[at]!
      if (byte === NEWLINE) {
        this.#ranges.push(this.#recordStart, base + at)
        this.#recordStart = base + at + 1
        state = 'field'
      } else if (byte === this.#delimiterByte) {
        state = 'field'
      } else if (byte === QUOTE && state !== 'plain') {
        // The first opens a field; a second one after a quote is a quote in the text.
        state = 'quoted'
      } else {
        state = 'plain'
      }
    }
    this.#state = state
    this.#position = base + block.length
    if (this.#position - this.#recordStart > constants.MAX_STRING_LENGTH) {
      const fix = 'Check that its quotes are closed.'
      const where = `${this.#name}:${this.#line + 1}`
      throw new LosslineError('dataset/line-too-long', 'is a record of more than 512 MB', { where, fix })
    }
    return this.#recordStart
  }

  take(bytes: Buffer): CsvChunk | undefined {
    return this.#toChunk(bytes, false)
  }

  /** @throws LosslineError `dataset/no-rows`, `dataset/csv-header` */
  end(rest: Buffer): CsvChunk | undefined {
    if (rest.length > 0) this.#ranges.push(0, rest.length)
    const chunk = this.#toChunk(rest, this.#state === 'quoted')
    if (this.rowCount > 0) return chunk
    const fix = 'Leave it out, or write its rows.'
    throw new LosslineError('dataset/no-rows', 'has a header and no rows', { where: this.#name, fix })
  }

  #toChunk(bytes: Buffer, isOpenEnd: boolean): CsvChunk | undefined {
    const ranges: number[] = []
    for (let i = 0; i < this.#ranges.length; i += 2) {
      const start = this.#ranges[i]!
      const newline = this.#ranges[i + 1]!
      const end = newline > start && bytes[newline - 1] === RETURN ? newline - 1 : newline
      // A blank line is no record, as for pandas.
      if (end === start) continue
      if (this.#columns === undefined) this.#columns = this.#parseHeader(bytes.toString('utf8', start, end))
      else ranges.push(start, end)
    }
    const chunk: CsvChunk = {
      kind: 'csv',
      name: this.#name,
      startRow: this.rowCount,
      rowCount: ranges.length / 2,
      bytes,
      ranges: Uint32Array.from(ranges).buffer as ArrayBuffer,
      columns: this.#columns ?? [],
      delimiter: this.#delimiter,
      startLine: this.#line,
      byteOffset: this.#byteOffset,
      isOpenEnd,
    }
    this.#line += countNewlines(bytes, 0, bytes.length)
    this.#byteOffset += bytes.length
    this.#position -= bytes.length
    this.#recordStart -= bytes.length
    this.#ranges = []
    this.rowCount += chunk.rowCount
    return chunk.rowCount === 0 ? undefined : chunk
  }

  #parseHeader(text: string): readonly string[] {
    const columns = parseFields(text, this.#delimiter, this.#name)
    const twice = columns.find((column, i) => columns.indexOf(column) < i)
    if (twice === undefined) return columns
    const fix = 'Rename one of them.'
    const what = `names the column ${quote(twice)} twice in its header`
    throw new LosslineError('dataset/csv-header', what, { where: this.#name, fix })
  }
}

export function countNewlines(bytes: Buffer, start: number, end: number): number {
  let lines = 0
  for (let at = bytes.indexOf(NEWLINE, start); at >= 0 && at < end; at = bytes.indexOf(NEWLINE, at + 1))
    lines++
  return lines
}
