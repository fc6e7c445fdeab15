import { isUtf8 } from 'node:buffer'
import { LosslineError, quote } from '../../error.ts'
import type { JsonObject } from '../../json/index.ts'
import type { CsvChunk } from '../chunk.ts'
import type { DatasetRow } from '../dataset-row.ts'
import { toRow } from '../to-row.ts'
import { decodeUtf8 } from '../utf8.ts'
import { countNewlines, parseRecords } from './split.ts'

/**
 * Rows of CSV: an object a record, its values strings, empty ones too. A record with more or fewer fields than the header, or with quotes
 * that can't be followed, is a broken row.
 */
export function* readCsv(chunk: CsvChunk): Generator<DatasetRow> {
  const bytes = Buffer.from(chunk.bytes)
  const ranges = new Uint32Array(chunk.ranges)
  const all = parseAll(bytes, ranges, chunk)
  let line = chunk.startLine
  let counted = 0
  for (let record = 0; record < chunk.rowCount; record++) {
    const start = ranges[2 * record]!
    const end = ranges[2 * record + 1]!
    line += countNewlines(bytes, counted, start)
    counted = start
    const where = `${chunk.name}:${line + 1}`
    const parseOne = (): string[] => {
      const text = decodeUtf8(bytes.subarray(start, end), { where, byteOffset: chunk.byteOffset + start })
      return parseRecords(text, chunk.delimiter, where)[0] ?? []
    }
    const isCut = chunk.isOpenEnd && record === chunk.rowCount - 1
    yield toRow(
      () => {
        if (isCut) throw cutRecord(where)
        return toObject(all?.[record] ?? parseOne(), chunk.columns, where)
      },
      where,
      chunk.startRow + record,
    )
  }
}

/** All records at once where nothing is wrong with any; else each is parsed alone, to find which. */
function parseAll(bytes: Buffer, ranges: Uint32Array, chunk: CsvChunk): string[][] | undefined {
  if (chunk.isOpenEnd || ranges.length === 0 || !isUtf8(bytes)) return undefined
  try {
    const text = bytes.toString('utf8', ranges[0]!, ranges.at(-1)!)
    const records = parseRecords(text, chunk.delimiter, chunk.name)
    return records.length === chunk.rowCount ? records : undefined
  } catch (error) {
    if (error instanceof LosslineError) return undefined
    throw error
  }
}

function toObject(fields: readonly string[], columns: readonly string[], where: string): JsonObject {
  if (fields.length !== columns.length) {
    const header = columns.map(quote).slice(0, 8).join(', ')
    const what = `has ${count(fields.length, 'field')}; the header names ${count(columns.length, 'column')} (${header})`
    const fix = 'Put fields that hold the delimiter in quotes.'
    throw new LosslineError('dataset/csv-ragged', what, { where, fix })
  }
  return Object.fromEntries(columns.map((column, i) => [column, fields[i]!]))
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function cutRecord(where: string): LosslineError {
  const what = 'is cut: the file ends inside a quoted field of this row'
  const fix = 'Check that the file is whole, and the quotes are closed.'
  return new LosslineError('dataset/cut-row', what, { where, fix })
}
