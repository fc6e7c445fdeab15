import { isUtf8 } from 'node:buffer'
import { LosslineError } from '../../error.ts'
import type { Json } from '../../json/index.ts'
import type { CsvChunk } from '../chunk.ts'
import type { DatasetRow } from '../dataset-row.ts'
import { toJsonObject } from '../json-object.ts'
import { toRow } from '../to-row.ts'
import { decodeUtf8, toBuffer } from '../utf8.ts'
import { checkFieldCount, parseFields } from './fields.ts'
import { countNewlines } from './split.ts'

/**
 * Rows of CSV: an object a record, its values strings, empty ones too. A record with more or fewer fields than the header, or with quotes
 * that can't be followed, is a broken row.
 */
export function* readCsv(chunk: CsvChunk): Generator<DatasetRow> {
  const bytes = toBuffer(chunk.bytes)
  const ranges = new Uint32Array(chunk.ranges)
  const isText = isUtf8(bytes)
  let line = chunk.startLine
  let counted = 0
  for (let record = 0; record < chunk.rowCount; record++) {
    const start = ranges[2 * record]!
    const end = ranges[2 * record + 1]!
    line += countNewlines(bytes, counted, start)
    counted = start
    const where = `${chunk.name}:${line + 1}`
    const isCut = chunk.isOpenEnd && record === chunk.rowCount - 1
    yield toRow(
      () => {
        if (isCut) throw cutRecord(where)
        const own = bytes.subarray(start, end)
        const at = { where, byteOffset: chunk.byteOffset + start }
        const text = isText ? own.toString('utf8') : decodeUtf8(own, at)
        return toObject(parseFields(text, chunk.delimiter, where), chunk.columns, where)
      },
      where,
      chunk.startRow + record,
    )
  }
}

function toObject(fields: readonly string[], columns: readonly string[], where: string): Json {
  checkFieldCount(fields, columns, where)
  return toJsonObject(columns.map((column, i) => [column, fields[i]!]))
}

function cutRecord(where: string): LosslineError {
  const what = 'is cut: the file ends inside a quoted field of this row'
  const fix = 'Check that the file is whole, and the quotes are closed.'
  return new LosslineError('dataset/cut-row', what, { where, fix })
}
