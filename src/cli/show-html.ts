import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { readRows } from '../dataset/index.ts'
import { describeError, LosslineError } from '../error.ts'
import { writeJson } from '../json/index.ts'
import { Book, type EmbeddedView, Scan } from '../view/index.ts'
import { readViewPage, withGiven } from '../view-server/index.ts'
import type { ExitCode, Io } from './io.ts'
import { openModelOf } from './model.ts'
import { checkNotInput } from './not-input.ts'
import type { RowRange } from './option-values.ts'
import type { Values } from './options.ts'
import { noSuchRow, toParseOptions, toRange, toReadOptions } from './rows.ts'
import { readTemplates, toViewSettings } from './view-settings.ts'

/** Rows of a page when none are asked for: a page that can be sent. */
const DEFAULT_ROWS: RowRange = { startRow: 0, endRow: 100 }

/** `lossline show FILE --html OUT.html`: the rows as a page of one file. */
export async function runShowHtml(file: string, values: Values, out: string, io: Io): Promise<ExitCode> {
  checkNotInput(out, file)
  const templates = readTemplates(values.chat_template === undefined ? [] : [values.chat_template])
  const settings = toViewSettings(values, templates)
  const model = await openModelOf(values, io)
  const book = new Book({
    tokenizer: model.tokenizer,
    facts: model.folder,
    templates,
    rowOptions: toParseOptions(values),
    now: values.now ?? new Date(),
    optionStyle: 'flag',
  })
  book.set(settings)
  const isCut = await fill(book, file, values)
  const view = toEmbedded(book, basename(file))
  write(out, withGiven(readViewPage(), { ...view, settings, templates: book.templates }))
  const rest = isCut ? `, the first of the file (--rows A:B takes others)` : ''
  io.tell(`lossline: ${out} has ${book.rowCount} ${book.rowCount === 1 ? 'row' : 'rows'}${rest}.`)
  return view.budget.failed === 0 ? 0 : 1
}

/** @returns whether there were more rows than are taken */
async function fill(book: Book, file: string, values: Values): Promise<boolean> {
  const { startRow, endRow } = toRange(values) ?? DEFAULT_ROWS
  let seen = 0
  for await (const row of readRows(file, toReadOptions(values))) {
    seen++
    if (endRow !== undefined && row.row >= endRow) return toRange(values) === undefined
    if (row.row < startRow) continue
    const { where } = row
    book.add(
      row.kind === 'row'
        ? { where, json: writeJson(row.value) }
        : { where, error: describeError(row.error, 'flag') },
    )
  }
  if (book.rowCount === 0) throw noSuchRow(values, file, seen)
  return false
}

function toEmbedded(book: Book, name: string): Omit<EmbeddedView, 'settings' | 'templates'> {
  const rows = Array.from({ length: book.rowCount }, (_, row) => row)
  const scan = new Scan(book)
  const part = scan.next(() => false)
  return {
    kind: 'embedded',
    name,
    heads: rows.map(row => book.head(row)),
    details: rows.map(row => book.detail(row)),
    scan: part,
    budget: scan.budget,
  }
}

function write(out: string, page: string): void {
  try {
    writeFileSync(out, page)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    const fix = 'Name a file in a folder that is there.'
    throw new LosslineError('view/write', `can't be written (${code})`, { where: out, fix, cause })
  }
}
