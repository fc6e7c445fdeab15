import {
  type DatasetRow,
  looksLikeHeader,
  parseFields,
  readArrow,
  sniffDelimiter,
} from '../../dataset/index.ts'
import { describeError, LosslineError } from '../../error.ts'
import { parseJson, writeJson } from '../../json/index.ts'
import { decodeUtf8, readStretches } from './byte-stream.ts'
import { readRecords, toRowOfRecord } from './records.ts'
import { type RowText, readLines } from './text-lines.ts'
import { lookAhead, openBytes } from './unpack.ts'

/** Enough of a file to tell what it is: a header of CSV, if it is one. */
const HEAD_BYTES = 1 << 12

/**
 * The rows of a dropped file, told by its content: JSON lines, a JSON list, CSV or Arrow, plain, gzip or zstd. Lines and records are read as
 * they come, of the others all at once.
 *
 * @throws LosslineError for a file of another kind, and where it can't be read on
 */
export async function* readDroppedRows(file: File): AsyncGenerator<readonly RowText[]> {
  const { head, all } = await lookAhead(await openBytes(file), HEAD_BYTES)
  const { name } = file
  checkKind(head, name)
  if (isArrow(head)) {
    yield* toBlocks(readArrow(new Uint8Array(await new Response(all).arrayBuffer()), { name, startRow: 0 }))
    return
  }
  const start = new TextDecoder().decode(head).trimStart()
  const firstLine = start.split('\n', 1)[0]!
  const isNamedCsv = /\.(csv|tsv)(\.\w+)?$/i.test(name)
  const isNamedJson = /\.(jsonl?|ndjson)(\.\w+)?$/i.test(name)
  if (start === '')
    throw new LosslineError('page/empty', 'is empty', { where: name, fix: 'Write a row a line, as JSON.' })
  if (/^[[{]/.test(start) === false && (isNamedCsv || (!isNamedJson && looksLikeHeader(firstLine)))) {
    yield* toRecords(all, name, /\.tsv(\.\w+)?$/i.test(name) ? '\t' : sniffDelimiter(firstLine))
  } else if (start.startsWith('[')) yield toItems(await readWhole(all, name), name)
  else yield* toLines(all, name)
}

async function* toLines(
  stream: ReadableStream<Uint8Array>,
  name: string,
): AsyncGenerator<readonly RowText[]> {
  let line = 0
  for await (const lines of readLines(stream)) {
    const rows: RowText[] = []
    for (const text of lines) {
      const where = `${name}:${++line}`
      if (text instanceof LosslineError) rows.push({ where, error: describeError(text.at(where), 'flag') })
      else if (text.trim() !== '') rows.push({ where, json: text })
    }
    yield rows
  }
}

/** @throws LosslineError for what is no UTF-8 */
async function readWhole(stream: ReadableStream<Uint8Array>, name: string): Promise<string> {
  let text = ''
  for await (const stretch of readStretches(stream, () => 0)) text += at(name, () => decodeUtf8(stretch))
  return text
}

function toItems(text: string, name: string): RowText[] {
  const list = at(name, () => parseJson(text))
  return (Array.isArray(list) ? list : [list]).map((item, i) => ({
    where: `${name}[${i}]`,
    json: writeJson(item),
  }))
}

/** Errors of what is read know nothing of the file. */
function at<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof LosslineError ? error.at(name) : error
  }
}

async function* toRecords(
  stream: ReadableStream<Uint8Array>,
  name: string,
  delimiter: string,
): AsyncGenerator<readonly RowText[]> {
  let columns: readonly string[] | undefined
  for await (const records of readRecords(stream, delimiter)) {
    const rows: RowText[] = []
    for (const record of records) {
      const where = `${name}:${record.line}`
      if (columns === undefined)
        columns = parseFields(
          at(name, () => decodeUtf8(record)),
          delimiter,
          name,
        )
      else rows.push(toRowOfRecord(record, { columns, delimiter, where }))
    }
    yield rows
  }
}

const BLOCK_ROWS = 1000

function* toBlocks(rows: Iterable<DatasetRow>): Generator<readonly RowText[]> {
  let block: RowText[] = []
  for (const row of rows) {
    const { where } = row
    block.push(
      row.kind === 'row'
        ? { where, json: writeJson(row.value) }
        : { where, error: describeError(row.error, 'flag') },
    )
    if (block.length < BLOCK_ROWS) continue
    yield block
    block = []
  }
  if (block.length > 0) yield block
}

/** `ARROW1`: a file; four bytes of ones: a stream. */
function isArrow(head: Uint8Array): boolean {
  const start = String.fromCharCode(...head.subarray(0, 6))
  return start === 'ARROW1' || (head.length > 8 && head.subarray(0, 4).every(byte => byte === 0xff))
}

const OTHERS: readonly (readonly [kind: string, start: string, fix: string])[] = [
  ['Parquet', 'PAR1', 'Open it with: lossline view FILE.'],
  ['a zip archive', 'PK\u0003\u0004', 'Unpack it first.'],
  ['UTF-16', '\u00ff\u00fe', 'Save it as UTF-8.'],
  ['UTF-16', '\u00fe\u00ff', 'Save it as UTF-8.'],
]

function checkKind(head: Uint8Array, name: string): void {
  const start = String.fromCharCode(...head.subarray(0, 8))
  const other = OTHERS.find(([, magic]) => start.startsWith(magic))
  if (other === undefined) return
  const [kind, , fix] = other
  const what = `is ${kind}; this page reads JSON lines, JSON, CSV and Arrow, plain, gzip or zstd`
  throw new LosslineError('page/file-kind', what, { where: name, fix })
}
