import { type DatasetRow, type ReadOptions, readRows } from '../dataset/index.ts'
import { describeError, LosslineError } from '../error.ts'
import { writeJson } from '../json/index.ts'

/** Characters that are sent together. */
const BLOCK_CHARS = 1 << 16

/**
 * The rows of a file as the page reads them, many lines at a time: `"place"⇥row as JSON`, or `"place"⇥⇥"what is wrong"`. Where the file
 * can't be read on, the last line says why, with no place.
 */
export async function* toRowLines(file: string, options: ReadOptions = {}): AsyncGenerator<string> {
  let block = ''
  try {
    for await (const row of readRows(file, options)) {
      block += toLine(row)
      if (block.length < BLOCK_CHARS) continue
      yield block
      block = ''
    }
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    block += toBrokenLine('', error)
  }
  if (block !== '') yield block
}

function toLine(row: DatasetRow): string {
  return row.kind === 'broken'
    ? toBrokenLine(row.where, row.error)
    : `${JSON.stringify(row.where)}\t${writeJson(row.value)}\n`
}

function toBrokenLine(where: string, error: LosslineError): string {
  return `${JSON.stringify(where)}\t\t${JSON.stringify(describeError(error, 'flag'))}\n`
}
