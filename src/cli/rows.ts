import type { Example, FormatName, ParsedRow } from '../conversation/index.ts'
import { parseRow, type RowOptions } from '../conversation/index.ts'
import { type DatasetRow, type ReadOptions, readRows } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import { LoopGuard } from '../prepare/index.ts'
import type { Io } from './io.ts'
import type { RowRange } from './option-values.ts'
import type { Values } from './options.ts'
import { isUsageError, toErrorLine } from './report-error.ts'

/** A row that could be read. */
export interface Row<Kind extends Example = Example> {
  readonly row: number
  /** `chats.jsonl:812` */
  readonly where: string
  readonly example: Kind
  readonly format: FormatName
  readonly findings: ParsedRow['findings']
}

/** What became of a file's rows. */
export interface RowCounts {
  /** Rows that were asked for and there. */
  readonly asked: number
  readonly failed: number
  /** Rows of the file, as far as it was read. */
  readonly seen: number
  /** Whether the file was read to its end. */
  readonly isWhole: boolean
}

export interface RowWork {
  /** What to do with a row. A LosslineError thrown here is told, and the next row follows. */
  readonly each: (row: Row) => Promise<void>
  /** What to do besides telling, for a row that failed. */
  readonly failed?: (row: number, line: string) => Promise<void>
  /** Rows taken when neither --row nor --rows is given. Default: all. */
  readonly defaultRows?: RowRange
}

/** Beyond the rows asked for, a file is only counted, and not without end. */
const MAX_COUNTED = 100_000

/**
 * Reads the rows that --row or --rows ask for and does the work on each. A row that fails is told on standard error in one line, with file
 * and row, and the next one is read.
 *
 * @throws LosslineError for a file that can't be read, or that has none of the rows asked for
 */
export async function forEachRow(file: string, values: Values, io: Io, work: RowWork): Promise<RowCounts> {
  const range = toRange(values) ?? work.defaultRows ?? { startRow: 0, endRow: undefined }
  const notice = makeFormatNotice(file, values, io)
  let asked = 0
  let failed = 0
  let seen = 0
  let isWhole = true
  const errors = countErrors(io)
  const guard = new LoopGuard()
  const reading = { ...toReadOptions(values), notice: (text: string) => io.tell(`lossline: ${text}`) }
  for await (const source of readRows(file, reading)) {
    seen++
    const isPast = range.endRow !== undefined && source.row >= range.endRow
    if (isPast && (work.defaultRows === undefined || seen > MAX_COUNTED)) {
      isWhole = false
      break
    }
    if (isPast || source.row < range.startRow) continue
    asked++
    try {
      const row = toRow(source, values)
      notice(row)
      await work.each(row)
      guard.pass()
    } catch (error) {
      if (!(error instanceof LosslineError) || isUsageError(error)) throw error
      guard.fail(error.at(source.where))
      failed++
      const line = toErrorLine(source.kind === 'broken' ? error : error.at(source.where))
      errors.tell(error, line)
      await work.failed?.(source.row, line.replace(/^lossline: /, ''))
    }
  }
  errors.end()
  if (asked === 0) throw noSuchRow(values, file, seen)
  return { asked, failed, seen, isWhole }
}

/** Of errors that differ in their row alone the first few are told, and then how many more there were. */
export function countErrors(io: Io): { tell(error: LosslineError, line: string): void; end(): void } {
  const counts = new Map<string, { count: number; readonly first: string }>()
  return {
    tell: ({ code, message }, line) => {
      const key = `${code} ${message.replace(OF_THE_ROW, '')}`
      const alike = counts.get(key) ?? { count: 0, first: message }
      counts.set(key, alike)
      if (++alike.count <= TOLD_ALIKE) io.tell(line)
    },
    end: () => {
      for (const { count, first } of counts.values()) {
        if (count > TOLD_ALIKE)
          io.tell(`lossline: and ${formatCount(count - TOLD_ALIKE)} more like it: ${first}`)
      }
    },
  }
}

/** What of a message is the row's own: places, and what was found there. */
const OF_THE_ROW = /"(?:[^"\\]|\\.)*"|0x[0-9a-f]+|\d[\d,]*/g

const TOLD_ALIKE = 3

function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** The rows that --row or --rows ask for. */
export function toRange({ row, rows }: Values): RowRange | undefined {
  if (row === undefined) return rows
  if (rows !== undefined) {
    throw new LosslineError('cli/option', 'and --rows exclude each other', {
      where: '--row',
      fix: 'Give one of them.',
    })
  }
  return { startRow: row, endRow: row + 1 }
}

/** How --input-format reads a file. */
export function toReadOptions({ input_format }: Values): Pick<ReadOptions, 'format'> {
  return input_format?.file === undefined ? {} : { format: input_format.file }
}

/** How --format or --input-format, --column-map and --role-map read a row. */
export function toParseOptions(values: Values): RowOptions {
  const { column_map, role_map } = values
  const format = toRowFormat(values)
  return {
    ...(format !== undefined && { format }),
    ...(column_map !== undefined && { columnMap: column_map }),
    ...(role_map !== undefined && { roleMap: role_map }),
  }
}

/** @throws LosslineError `cli/option` where both options name one */
function toRowFormat({ format, input_format }: Values): FormatName | undefined {
  if (format !== undefined && input_format?.rows !== undefined) {
    const fix = 'Give one of them.'
    throw new LosslineError('cli/option', 'and --input-format both say what the rows are', {
      where: '--format',
      fix,
    })
  }
  return format ?? input_format?.rows
}

function toRow(source: DatasetRow, values: Values): Row {
  if (source.kind === 'broken') throw source.error
  const parsed = parseRow(source.value, toParseOptions(values))
  return { row: source.row, where: source.where, ...parsed }
}

/** Tells each format once, when it is first met; nothing where the caller has named it. */
export function makeFormatNotice(
  file: string,
  values: Values,
  io: Io,
): (row: Pick<Row, 'format' | 'row'>) => void {
  const told = new Set<FormatName>()
  const isNamed = toRowFormat(values) !== undefined
  return ({ format, row }) => {
    if (isNamed || told.has(format)) return
    const from = told.size === 0 ? '' : ` from row ${row} on too`
    told.add(format)
    io.tell(
      `lossline: ${file === '-' ? 'stdin' : file} holds rows of format ${format}${from} (--input-format names another).`,
    )
  }
}

export function noSuchRow(values: Values, file: string, seen: number): LosslineError {
  const name = file === '-' ? 'stdin' : file
  const flag = values.row === undefined ? '--rows' : '--row'
  const what = `asks for rows that are not there; ${name} has ${seen} (0 to ${seen - 1})`
  return new LosslineError('cli/no-such-row', what, { where: flag, fix: 'Choose one of those.' })
}
