import { LosslineError } from '../error.ts'
import type { Json } from '../json/index.ts'
import type { DatasetRow } from './dataset-row.ts'

/** The row that `read` gives, or a broken one with the reason. */
export function toRow(read: () => Json, where: string, row: number): DatasetRow {
  try {
    return { kind: 'row', row, where, value: read() }
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    return { kind: 'broken', row, where, error: hasFile(error) ? error : error.at(where) }
  }
}

/** Errors of the JSON parser know only a position in the text that it was given. */
function hasFile({ where }: LosslineError): boolean {
  return where !== undefined && !/^character \d+$/.test(where)
}
