import { checkFieldCount, parseFields } from '../../dataset/index.ts'
import { describeError, LosslineError } from '../../error.ts'
import type { RowText } from './text-lines.ts'

/** A record of CSV as it stands in the file. */
export interface CsvRecord {
  readonly text: string
  /** Where it begins, from 1. */
  readonly line: number
}

/** Where the scan is in a record. */
type State = 'field' | 'plain' | 'quoted' | 'quote'

const QUOTE = 0x22
const NEWLINE = 0x0a
const RETURN = 0x0d

/**
 * The records of CSV, as `dataset/csv` cuts them from bytes: they end at newlines outside of quotes, and a field is quoted where a quote comes
 * first in it. Blank lines are no records.
 */
export async function* readRecords(
  stream: ReadableStream<Uint8Array>,
  delimiter: string,
): AsyncGenerator<readonly CsvRecord[]> {
  const reader = stream
    .pipeThrough(new TextDecoderStream('utf-8') as ReadableWritablePair<string, Uint8Array>)
    .getReader()
  const next = makeScanner(delimiter.charCodeAt(0))
  let rest = ''
  let line = 1
  let looked = 0
  for (;;) {
    const { value, done } = await reader.read()
    const text = done ? rest : rest + value
    const records: CsvRecord[] = []
    let start = 0
    for (let at = looked; at < text.length; at++) {
      if (!next(text.charCodeAt(at))) continue
      const record = text.slice(start, text.charCodeAt(at - 1) === RETURN ? at - 1 : at)
      if (record !== '') records.push({ text: record, line })
      line += countNewlines(text, start, at + 1)
      start = at + 1
    }
    rest = text.slice(start)
    looked = rest.length
    if (done && rest !== '') records.push({ text: rest, line })
    if (records.length > 0) yield records
    if (done) return
  }
}

/** Takes one UTF-16 unit after the other, and says of each whether a record ends with it. */
function makeScanner(delimiter: number): (char: number) => boolean {
  let state: State = 'field'
  return char => {
    if (state === 'quoted') {
      if (char === QUOTE) state = 'quote'
      return false
    }
    const isEnd = char === NEWLINE
    if (isEnd || char === delimiter) state = 'field'
    else if (char === QUOTE && state !== 'plain') state = 'quoted'
    else state = 'plain'
    return isEnd
  }
}

function countNewlines(text: string, start: number, end: number): number {
  let count = 0
  for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count++
  return count
}

/** An object of strings as JSON, or what is wrong with the record. */
export function toRowOfRecord(
  text: string,
  { columns, delimiter, where }: { columns: readonly string[]; delimiter: string; where: string },
): RowText {
  try {
    const fields = parseFields(text, delimiter, where)
    checkFieldCount(fields, columns, where)
    const members = columns.map((column, c) => `${JSON.stringify(column)}:${JSON.stringify(fields[c])}`)
    return { where, json: `{${members.join(',')}}` }
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    return { where, error: describeError(error, 'flag') }
  }
}
