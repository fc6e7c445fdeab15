import { type Chunk, splitArrowStreams } from '../dataset/index.ts'
import type { RowsOptions } from './options.ts'
import { prepareChunk } from './prepare-chunk.ts'
import type { PreparedChunk } from './prepared-chunk.ts'
import { type Settings, toSettings } from './settings.ts'
import { addTally, emptyTally, type Tally } from './tally.ts'
import {
  encodeWorkerBatch,
  type LeftOut,
  STREAM_END,
  STREAM_START,
  type WorkerBatch,
} from './worker-batch.ts'
import { openModelFor } from './worker-settings.ts'

/** What is done to rows one by one: an engine that sends them in batches shuffles and packs by itself. */
export type StreamOptions = Pick<
  RowsOptions,
  | 'model'
  | 'chatTemplate'
  | 'chatTemplateKwargs'
  | 'now'
  | 'rows'
  | 'mask'
  | 'maxLength'
  | 'truncation'
  | 'cache'
>

/**
 * Prepares rows that come as Arrow, for engines that work on many machines: a batch comes out for each batch that comes in, and at once.
 *
 * @param bytes Arrow streams of rows, one after another; each may have other columns
 * @param tally gets the counts of what became of the rows
 * @returns one Arrow stream. Of a row there is a batch row for each example that it gives, with `input_ids` and `labels`, or one with `error`:
 *   none is passed over. `row` counts the rows that came in.
 * @throws LosslineError for a model that can't be opened, Arrow that can't be read, and options that no row can do with
 */
export async function* prepareStream(
  bytes: AsyncIterable<Buffer>,
  options: StreamOptions,
  tally: Tally = emptyTally(),
): AsyncGenerator<Uint8Array> {
  const settings = toSettings(options)
  const model = await openModelFor(settings)
  // Who reads learns the schema, and that the options are right, before it has sent anything.
  yield STREAM_START
  for await (const chunk of splitArrowStreams(bytes, 'stdin')) {
    const prepared = await prepareChunk({ chunk, rows: undefined }, model, settings)
    addTally(tally, prepared.tally)
    yield encodeWorkerBatch(toWorkerBatch(chunk, prepared, settings))
  }
  yield STREAM_END
}

function toWorkerBatch(
  { name, startRow, rowCount }: Chunk,
  { rows, sourceRows, rejects }: PreparedChunk,
  settings: Settings,
): WorkerBatch {
  const rejected: LeftOut[] = rejects.map(({ row, reason }) => ({ row, error: reason }))
  const told = new Set([...sourceRows, ...rejects.map(({ row }) => row - startRow)])
  const why = whyDropped(settings)
  const dropped: LeftOut[] = []
  for (let i = 0; i < rowCount; i++) {
    const row = startRow + i
    if (!told.has(i)) dropped.push({ row, error: `${name}[${row}] ${why}` })
  }
  return { rows, sourceRows: sourceRows.map(i => startRow + i), leftOut: [...rejected, ...dropped] }
}

/** Of a row that can be used, and of which nothing is left. */
function whyDropped({ maxLength, truncation }: Settings): string {
  const untrained = 'has no trained token'
  if (maxLength === undefined || truncation === undefined || truncation === 'split-turns') return untrained
  return truncation === 'drop'
    ? `is longer than ${maxLength} tokens, or ${untrained}`
    : `${untrained}, or none in the ${maxLength} tokens that are kept`
}
