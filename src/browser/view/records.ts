import { checkFieldCount, parseFields } from '../../dataset/index.ts'
import { describeError, LosslineError } from '../../error.ts'
import { decodeUtf8, MARK, readStretches, type Stretch } from './byte-stream.ts'
import type { RowText } from './text-lines.ts'

/** A record of CSV as it stands in the file. */
export interface CsvRecord extends Stretch {
  /** Where it begins, from 1. */
  readonly line: number
}

/** Where the scan is in a record. */
type State = 'field' | 'plain' | 'quoted' | 'quote'

const QUOTE = 0x22
const NEWLINE = 0x0a
const RETURN = 0x0d

/**
 * The records of CSV, as `dataset/csv` cuts them: they end at newlines outside of quotes, and a field is quoted where a quote comes first in
 * it. Blank lines are no records.
 */
export async function* readRecords(
  stream: ReadableStream<Uint8Array>,
  delimiter: string,
): AsyncGenerator<readonly CsvRecord[]> {
  const scanner = new RecordScanner(delimiter.charCodeAt(0))
  let line = 1
  for await (const { bytes, byteOffset } of readStretches(stream, block => scanner.scan(block))) {
    const records: CsvRecord[] = []
    const add = (start: number, end: number): void => {
      if (end > start)
        records.push({ bytes: bytes.subarray(start, end), byteOffset: byteOffset + start, line })
    }
    let start = 0
    for (const end of scanner.takeEnds(byteOffset)) {
      add(start, bytes[end - 2] === RETURN ? end - 2 : end - 1)
      line += countNewlines(bytes.subarray(start, end))
      start = end
    }
    add(start, bytes.length)
    yield records
  }
}

/** Finds where records end, block after block. */
class RecordScanner {
  readonly #delimiter: number
  #state: State = 'field'
  /** Whether all bytes so far are a mark's, behind which the first field begins. */
  #isInMark = true
  /** Bytes that were looked at. */
  #seen = 0
  /** Of records, behind their newlines: bytes from the stream's first on. */
  #ends: number[] = []

  constructor(delimiter: number) {
    this.#delimiter = delimiter
  }

  /** How many of the bytes are the end of a record and whole ones after it. */
  scan(block: Uint8Array): number {
    let last = 0
    for (let at = 0; at < block.length; at++) {
      const byte = block[at]!
      if (this.#seen + at < MARK.length && this.#isOfMark(byte, this.#seen + at)) continue
      if (!this.#next(byte)) continue
      last = at + 1
      this.#ends.push(this.#seen + last)
    }
    this.#seen += block.length
    return last
  }

  /** Those that were found since, from a place in the stream on. */
  takeEnds(byteOffset: number): number[] {
    return this.#ends.splice(0).map(end => end - byteOffset)
  }

  #isOfMark(byte: number, place: number): boolean {
    if (!this.#isInMark) return false
    this.#isInMark = byte === MARK[place]
    // Half a mark is the beginning of a field.
    if (!this.#isInMark && place > 0) this.#state = 'plain'
    return this.#isInMark
  }

  /** @returns whether a record ends with it */
  #next(byte: number): boolean {
    if (this.#state === 'quoted') {
      if (byte === QUOTE) this.#state = 'quote'
      return false
    }
    const isEnd = byte === NEWLINE
    if (isEnd || byte === this.#delimiter) this.#state = 'field'
    else if (byte === QUOTE && this.#state !== 'plain') this.#state = 'quoted'
    else this.#state = 'plain'
    return isEnd
  }
}

function countNewlines(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}

/** An object of strings as JSON, or what is wrong with the record. */
export function toRowOfRecord(
  record: CsvRecord,
  { columns, delimiter, where }: { columns: readonly string[]; delimiter: string; where: string },
): RowText {
  try {
    const fields = parseFields(decodeUtf8(record), delimiter, where)
    checkFieldCount(fields, columns, where)
    const members = columns.map((column, c) => `${JSON.stringify(column)}:${JSON.stringify(fields[c])}`)
    return { where, json: `{${members.join(',')}}` }
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    return { where, error: describeError(error.where === undefined ? error.at(where) : error, 'flag') }
  }
}
