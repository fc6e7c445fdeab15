import { LosslineError } from '../error.ts'
import type { Masked } from '../mask/index.ts'
import type { Model } from '../open-model.ts'
import type { Io } from './io.ts'
import type { RowRange } from './option-values.ts'
import type { Values } from './options.ts'
import type { Row, RowCounts } from './rows.ts'

/** Rows shown when none are asked for. */
export const FIRST_ROWS: RowRange = { startRow: 0, endRow: 3 }

/** Without a template no conversation can be shown: that is told once and not for every row. */
export function checkTemplate(row: Row, { templates, folder }: Model): Row {
  if (row.example.kind !== 'conversation' || templates.length > 0) return row
  const what = `is needed: the rows are conversations, and ${folder.folder} has no chat template`
  const fix = 'Name a file with one.'
  throw new LosslineError('cli/missing', what, { where: '--chat-template', fix })
}

/** `row 3`; of an unrolled conversation `row 3, message 5`. */
export function nameExample(row: number, { turn }: Masked): string {
  return turn === undefined ? `row ${row}` : `row ${row}, message ${turn}`
}

/** What wasn't shown, and how to see it. */
export function tellRest({ asked, failed, seen, isWhole }: RowCounts, values: Values, io: Io): void {
  if (failed > 0)
    io.tell(`lossline: ${failed} of ${asked} rows failed and are not shown; the lines above say why.`)
  if (values.row !== undefined || values.rows !== undefined || asked === seen) return
  const count = isWhole ? `${seen}` : `more than ${seen - 1}`
  io.tell(`lossline: the first ${asked} of ${count} rows; --row N or --rows A:B shows others, --json all.`)
}
