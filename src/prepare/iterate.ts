import { countRows, type TokenRows, toBatches } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import { mapInOrder } from './in-order.ts'
import { DEFAULT_SHARD_BYTES, type InputSpec, type RowsOptions } from './options.ts'
import { packWindow } from './pack-window.ts'
import { findInputs, planChunks } from './plan.ts'
import type { PreparedChunk, Reject } from './prepared-chunk.ts'
import { type Settings, toSettings } from './settings.ts'
import { stopAtErrors, stopAtLeftOut } from './stop-at-errors.ts'
import { addTally, emptyTally, type Tally } from './tally.ts'
import { toWindows } from './window.ts'
import { WorkerPool } from './worker-pool.ts'

export interface IterateOptions extends RowsOptions {
  readonly inputs: readonly InputSpec[]
  /** Told of each row that can't be used. Without it, the first such row ends the iteration with an error. */
  readonly onReject?: (reject: Reject) => void
}

/** One prepared row. The arrays are views: copy what is to be kept for long. */
export interface PreparedRow {
  readonly inputIds: Int32Array
  /** Unshifted; -100: no loss. */
  readonly labels: Int32Array
  /** Undefined where every weight is 0 or 1, as the labels have it. */
  readonly lossWeights: Float32Array | undefined
  /** Of a pack: the lengths of its sequences. */
  readonly seqLengths: Int32Array | undefined
}

/**
 * The examples of datasets, tokenised, masked and cut, one at a time and in order: what {@link prepare} writes, for pipelines of one's own.
 * Worker threads work ahead; they end with the iteration.
 *
 * @throws LosslineError as `prepare`; `prepare/rejected` for a row that can't be used, without `onReject`. That too many rows are left out
 *   (`prepare/findings`) is known after the last one.
 */
export async function* prepareRows(options: IterateOptions): AsyncGenerator<PreparedRow> {
  const settings = toSettings(options)
  refuseShuffle(settings)
  for await (const { rows } of prepareChunks(options, settings)) yield* listRows(rows)
}

/**
 * The rows of {@link prepareRows} as columns, some hundred at a time, with the place of each.
 *
 * @throws LosslineError as `prepareRows`
 */
export async function* prepareTokenRows(options: IterateOptions): AsyncGenerator<PlacedRows> {
  const settings = toSettings(options)
  refuseShuffle(settings)
  for await (const { file, startRow, rows, sourceRows, tally } of prepareChunks(options, settings))
    yield { rows, file, sourceRows: sourceRows.map(row => startRow + row), tally }
}

/** Rows of one file. */
export interface PlacedRows {
  readonly rows: TokenRows
  readonly file: string
  /** Of each row above: the row of the file that it came from. */
  readonly sourceRows: Int32Array
  /** What became of the rows that were read for these. */
  readonly tally: Tally
}

/**
 * The packs of datasets, formed as TRL does within windows of about 8 million tokens.
 *
 * @throws LosslineError as `prepareRows`, `prepare/option` without `packing`
 */
export async function* preparePacks(
  options: IterateOptions & Required<Pick<RowsOptions, 'packing'>>,
): AsyncGenerator<PreparedRow> {
  const settings = toSettings(options)
  refuseShuffle(settings)
  const windows = toWindows(prepareChunks(options, settings), DEFAULT_SHARD_BYTES / 8)
  for await (const { rows } of windows)
    for (const packs of toBatches(packWindow(rows, settings).rows)) yield* listRows(packs)
}

async function* prepareChunks(options: IterateOptions, settings: Settings): AsyncGenerator<PreparedChunk> {
  const inputs = await findInputs(options.inputs, settings)
  const pool = new WorkerPool(settings, { inputs })
  const tally = emptyTally()
  try {
    const tasks = planChunks(inputs, settings)
    for await (const chunk of mapInOrder(tasks, 4 * pool.size, task => pool.prepareChunk(task))) {
      for (const reject of chunk.rejects) tellReject(reject, options)
      stopAtErrors(chunk.tally, settings)
      addTally(tally, chunk.tally)
      yield chunk
    }
    stopAtLeftOut(tally, settings.allowFindings)
  } finally {
    await pool.close()
  }
}

function tellReject(reject: Reject, { onReject }: IterateOptions): void {
  if (onReject === undefined) throw new LosslineError('prepare/rejected', reject.reason)
  onReject(reject)
}

function refuseShuffle({ shuffleDataset }: Settings): void {
  if (!shuffleDataset) return
  const what = 'needs all rows before the first one, which an iterator does not have'
  throw new LosslineError('prepare/option', what, { where: '{shuffle_dataset}', fix: 'Use prepare().' })
}

function* listRows(rows: TokenRows): Generator<PreparedRow> {
  const { inputIds, labels, lossWeights, seqLengths, offsets } = rows
  for (let r = 0; r < countRows(rows); r++) {
    const start = offsets[r]!
    const end = offsets[r + 1]!
    yield {
      inputIds: inputIds.subarray(start, end),
      labels: labels.subarray(start, end),
      lossWeights: lossWeights?.subarray(start, end),
      seqLengths: seqLengths?.values.subarray(seqLengths.offsets[r]!, seqLengths.offsets[r + 1]!),
    }
  }
}
