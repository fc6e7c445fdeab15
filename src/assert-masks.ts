import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseRow, type RowOptions } from './conversation/index.ts'
import { readRows } from './dataset/index.ts'
import { LosslineError } from './error.ts'
import { type MaskContext, type MaskOptions, maskExample } from './mask/index.ts'
import { openModel } from './open-model.ts'
import {
  describeDifferences,
  drawRow,
  drawSnapshot,
  findDifferences,
  parseSnapshot,
  type SnapshotRow,
} from './snapshot/index.ts'

export interface AssertMasksOptions {
  /** A model folder, its tokenizer.json, a name on the Hub, or what `openModel` gave for one. */
  readonly model: string | MaskContext
  /** Default: the rows' file with `.masks` behind its name. */
  readonly snapshot?: string
  readonly mask?: MaskOptions
  /** How rows are read. */
  readonly rows?: RowOptions
  /** How many rows of the file a new snapshot has, from the first on. Default 20. */
  readonly count?: number
  /** Writes the snapshot anew. Default: whether LOSSLINE_UPDATE is set. */
  readonly update?: boolean
}

/**
 * Masks as a test, in any runner: throws when what is trained of a file's rows is not what its snapshot says. Without a snapshot one is written,
 * but where CI is set that is a failure too.
 *
 * ```ts
 * test('masks', () => assertMasks('chats.jsonl', { model: './Qwen3-0.6B' }))
 * ```
 *
 * @throws LosslineError `snapshot/differs` with a diff in its message; `snapshot/missing`; and what reading and masking throw
 */
export async function assertMasks(file: string, options: AssertMasksOptions): Promise<void> {
  const path = options.snapshot ?? `${file}.masks`
  const isThere = existsSync(path)
  const isUpdate = options.update ?? Boolean(process.env['LOSSLINE_UPDATE'])
  if (!isThere && !isUpdate && process.env['CI']) {
    const fix = 'Run the test once where CI is not set, and commit the file.'
    throw new LosslineError('snapshot/missing', 'is not there', { where: path, fix })
  }
  const snapshot = isThere && !isUpdate ? parseSnapshot(readFileSync(path, 'utf8'), path) : undefined
  const wanted = snapshot && new Set(snapshot.rows.map(({ row }) => row))
  const count = wanted === undefined ? (options.count ?? 20) : Math.max(-1, ...wanted) + 1
  const rows = (await drawRows(file, options, count)).filter(({ row }) => wanted?.has(row) ?? true)
  if (snapshot === undefined) {
    writeFileSync(path, drawSnapshot(rows, basename(file)))
    return
  }
  const differences = findDifferences(snapshot, rows)
  if (differences.length === 0) return
  const what = `is not what is trained today, in ${differences.length} of ${snapshot.rows.length} examples:\n${describeDifferences(differences)}`
  const fix = 'Where the masks of today are right, set LOSSLINE_UPDATE.'
  throw new LosslineError('snapshot/differs', what, { where: path, fix })
}

async function drawRows(
  file: string,
  { model, mask, rows: rowOptions }: AssertMasksOptions,
  count: number,
): Promise<SnapshotRow[]> {
  const context = typeof model === 'string' ? await openModel(model) : model
  const rows: SnapshotRow[] = []
  for await (const source of readRows(file)) {
    if (source.row >= count) break
    if (source.kind === 'broken') throw source.error
    try {
      const { example } = parseRow(source.value, rowOptions)
      for (const masked of maskExample(example, context, mask)) rows.push(drawRow(masked, source.row))
    } catch (error) {
      throw error instanceof LosslineError ? error.at(source.where) : error
    }
  }
  return rows
}
