import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { LosslineError } from '../error.ts'
import { toHarmless } from '../inspect/index.ts'
import { maskExample } from '../mask/index.ts'
import {
  describeDifferences,
  drawRow,
  drawSnapshot,
  findDifferences,
  parseSnapshot,
  type Snapshot,
  type SnapshotDifference,
  type SnapshotRow,
} from '../snapshot/index.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { toMaskOptions } from './mask-options.ts'
import { openModelOf } from './model.ts'
import { checkNotInput } from './not-input.ts'
import type { RowRange } from './option-values.ts'
import type { Values } from './options.ts'
import { forEachRow, toRange } from './rows.ts'
import { checkTemplate } from './shown-rows.ts'

/** Rows that a new snapshot has when none are asked for: few enough to be read. */
const FIRST_ROWS: RowRange = { startRow: 0, endRow: 20 }

/** `lossline snapshot FILE` writes what is trained of some rows into a file that people read; `--verify` compares with it. */
export async function runSnapshot({ file, values }: CommandInput, io: Io): Promise<ExitCode> {
  const path = toPath(file, values)
  const snapshot = values.verify === true ? readSnapshot(path) : undefined
  if (snapshot === undefined) {
    checkNotInput(path, file)
    checkIsNew(path, values)
  } else if (values.overwrite === true)
    throw new LosslineError('cli/option', 'has no effect with --verify', {
      where: '--overwrite',
      fix: 'Leave one of them out.',
    })
  const wanted = snapshot && new Set(snapshot.rows.map(({ row }) => row))
  const options = toMaskOptions(values)
  const model = await openModelOf(values, io)
  const rows: SnapshotRow[] = []
  const { failed } = await forEachRow(file, values, io, {
    each: async given => {
      const { example, row } = checkTemplate(given, model)
      if (wanted?.has(row) === false) return
      for (const masked of maskExample(example, model, options)) rows.push(drawRow(masked, row))
    },
    defaultRows: wanted === undefined ? FIRST_ROWS : { startRow: 0, endRow: Math.max(0, ...wanted) + 1 },
  })
  if (snapshot !== undefined) return verify(snapshot, rows, path, values, io)
  if (rows.length === 0) {
    const what = `would hold no example: ${failed === 1 ? 'the row' : `none of ${failed} rows`} can be used`
    throw new LosslineError('snapshot/empty', what, {
      where: path,
      fix: 'Mend the rows: lossline check FILE finds what is wrong.',
    })
  }
  writeFileSync(path, drawSnapshot(rows, file === '-' ? 'stdin' : basename(file)))
  io.tell(
    `lossline: ${path} has ${rows.length} ${rows.length === 1 ? 'example' : 'examples'}; --verify compares with it.`,
  )
  return failed === 0 ? 0 : 1
}

async function verify(
  snapshot: Snapshot,
  rows: readonly SnapshotRow[],
  path: string,
  values: Values,
  io: Io,
): Promise<ExitCode> {
  const range = toRange(values)
  const isAsked = ({ row }: SnapshotRow): boolean =>
    range === undefined || (row >= range.startRow && (range.endRow === undefined || row < range.endRow))
  const expected = snapshot.rows.filter(isAsked)
  const differences = findDifferences({ rows: expected }, rows)
  if (differences.length === 0) {
    await io.write(`${path}: ${expected.length} of ${expected.length} examples are trained as it says.\n`)
    return 0
  }
  await io.write(`${toHarmless(describeDifferences(differences))}\n\n`)
  await io.write(`${path}: ${countKinds(differences, expected.length)}.\n`)
  io.tell(
    'lossline: where the masks of today are right, write the snapshot anew: --overwrite in place of --verify.',
  )
  return 1
}

/** `1 of 4 examples is trained otherwise, 2 are there no more, 1 is new` */
function countKinds(differences: readonly SnapshotDifference[], total: number): string {
  const gone = differences.filter(({ found }) => found.length === 0).length
  const added = differences.filter(({ expected }) => expected.length === 0).length
  const moved = differences.length - gone - added
  const isOrAre = (count: number): string => `${count} ${count === 1 ? 'is' : 'are'}`
  return [
    `${moved} of ${total} examples ${moved === 1 ? 'is' : 'are'} trained otherwise`,
    ...(gone > 0 ? [`${isOrAre(gone)} there no more`] : []),
    ...(added > 0 ? [`${isOrAre(added)} new`] : []),
  ].join(', ')
}

/** Whoever forgets --verify must not lose what it would have compared with. */
function checkIsNew(path: string, { overwrite }: Values): void {
  if (overwrite === true || !existsSync(path)) return
  throw new LosslineError('snapshot/exists', 'is there already', {
    where: path,
    fix: '--verify compares with it, --overwrite writes it anew.',
  })
}

function toPath(file: string, { output_file }: Values): string {
  if (output_file !== undefined) return output_file
  if (file !== '-') return `${file}.masks`
  throw new LosslineError('cli/missing', 'is needed: standard input has no name', {
    where: '--output',
    fix: 'Name the file of the snapshot.',
  })
}

function readSnapshot(path: string): Snapshot {
  try {
    return parseSnapshot(readFileSync(path, 'utf8'), path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const fix = 'Write it first, without --verify.'
    throw new LosslineError('snapshot/missing', 'is not there', { where: path, fix })
  }
}
