import { isUtf8 } from 'node:buffer'
import { LosslineError } from '../../error.ts'
import { parseJson } from '../../json/index.ts'
import type { LinesChunk } from '../chunk.ts'
import type { DatasetRow } from '../dataset-row.ts'
import { toRow } from '../to-row.ts'
import { decodeUtf8, toBuffer } from '../utf8.ts'
import { isBlank } from './split.ts'

const NEWLINE = 0x0a

/**
 * Rows of JSON lines: one value a line, blank lines left out, the last newline optional. Lines end at `\n` or `\r\n` only: U+2028 and
 * its like stand inside strings. A line that is no JSON or no UTF-8 is a broken row, and the next one is read.
 */
export function* readLines(chunk: LinesChunk): Generator<DatasetRow> {
  const bytes = toBuffer(chunk.bytes)
  // The common case: nothing to check line by line.
  const isText = isUtf8(bytes)
  let line = chunk.startLine
  let row = chunk.startRow
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    const where = `${chunk.name}:${++line}`
    if (!isBlank(bytes, start, end)) {
      const at = { where, byteOffset: chunk.byteOffset + start }
      const own = bytes.subarray(start, end)
      const text = (): string => (isText ? own.toString('utf8') : decodeUtf8(own, at))
      const isLast = newline < 0 && chunk.isOpenEnd
      const read = toRow(() => (isLast ? parseLastLine(text()) : parseJson(text())), where, row)
      yield read.kind === 'broken' ? { ...read, text: own.toString('utf8') } : read
      row++
    }
    start = end + 1
  }
}

/** A last line without its newline may have been cut: where its text ends too early, that is what is said. */
function parseLastLine(text: string): ReturnType<typeof parseJson> {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof LosslineError) || !error.message.endsWith('the text ends')) throw error
    const what = 'is cut: the file ends in the middle of this row'
    throw new LosslineError('dataset/cut-row', what, { fix: 'Check that the file is whole.', cause: error })
  }
}
