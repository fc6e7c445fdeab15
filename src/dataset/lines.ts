import { constants, isUtf8 } from 'node:buffer'
import { LosslineError } from '../error.ts'
import { parseJson } from '../json/index.ts'
import type { DatasetRow } from './dataset-row.ts'
import { decodeUtf8 } from './utf8.ts'

const NEWLINE = 0x0a

/**
 * Rows of JSON lines: one value a line, blank lines left out, the last newline optional. Lines end at `\n` or `\r\n` only: U+2028 and
 * its like stand inside strings. A line that is no JSON or no UTF-8 is a broken row, and the next one is read.
 *
 * @param file its name, and the bytes of it that came before the blocks
 */
export async function* readLines(
  blocks: AsyncIterable<Buffer>,
  file: { readonly name: string; readonly byteOffset: number },
): AsyncGenerator<DatasetRow> {
  const { name } = file
  const count = { line: 0, row: 0, byteOffset: file.byteOffset }
  for await (const lines of joinToLines(blocks)) {
    if (lines.length > constants.MAX_STRING_LENGTH) throw tooLong(`${name}:${count.line + 1}`)
    if (isUtf8(lines)) {
      // The common case: all lines of a block decoded at once.
      for (const text of lines.toString('utf8').split('\n')) {
        const where = `${name}:${++count.line}`
        if (isBlank(text)) continue
        yield toRow(() => parseJson(text), where, count.row++)
      }
    } else {
      let start = 0
      for (const bytes of splitBytes(lines)) {
        const at = { where: `${name}:${++count.line}`, byteOffset: count.byteOffset + start }
        start += bytes.length + 1
        if (isUtf8(bytes) && isBlank(bytes.toString('utf8'))) continue
        yield toRow(() => parseJson(decodeUtf8(bytes, at)), at.where, count.row++)
      }
    }
    count.byteOffset += lines.length + 1
  }
}

/** Blocks that are cut where a line ends, without that last newline. */
async function* joinToLines(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // Joined once at the line's end: a line of many blocks isn't copied for each.
  let open: Buffer[] = []
  for await (const block of blocks) {
    const end = block.lastIndexOf(NEWLINE)
    if (end < 0) {
      open.push(block)
      continue
    }
    yield open.length === 0 ? block.subarray(0, end) : Buffer.concat([...open, block.subarray(0, end)])
    open = end + 1 === block.length ? [] : [block.subarray(end + 1)]
  }
  const last = Buffer.concat(open)
  if (last.length > 0) yield last
}

function* splitBytes(bytes: Buffer): Generator<Buffer> {
  let start = 0
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    yield bytes.subarray(start, end)
    start = end + 1
  }
  yield bytes.subarray(start)
}

function toRow(
  read: () => Extract<DatasetRow, { kind: 'row' }>['value'],
  where: string,
  row: number,
): DatasetRow {
  try {
    return { kind: 'row', row, where, value: read() }
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    return { kind: 'broken', row, where, error: error.code.startsWith('json/') ? error.at(where) : error }
  }
}

function tooLong(where: string): LosslineError {
  const fix = 'Check that the file has line ends.'
  return new LosslineError('dataset/line-too-long', 'is a line of more than 512 MB', { where, fix })
}

/** JSON's own white space; anything else on a line is meant as a row. */
export function isBlank(line: string): boolean {
  return /^[ \t\r]*$/.test(line)
}
