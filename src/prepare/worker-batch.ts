import {
  Batch,
  Column,
  field,
  float32,
  int32,
  int64,
  list,
  type Schema,
  Table,
  tableToIPC,
  utf8,
} from '@uwdata/flechette'
import type { TokenRows } from '../dataset/index.ts'

/** A row of the input that gives no prepared row, and why in one line. */
export interface LeftOut {
  readonly row: number
  readonly error: string
}

/** What a batch of rows became. */
export interface WorkerBatch {
  readonly rows: TokenRows
  /** Of each of these rows: the row of the input that it was made of. */
  readonly sourceRows: ArrayLike<number>
  readonly leftOut: readonly LeftOut[]
}

// `row` counts the rows of all batches, so that it tells them apart; the lists are null where `error` isn't, and loss_weights also where each
// weight is 0 or 1, as the labels have it.
const COLUMN_TYPES = {
  row: int64(),
  input_ids: list(field('item', int32())),
  labels: list(field('item', int32())),
  loss_weights: list(field('item', float32())),
  error: utf8(),
} as const
type ColumnName = keyof typeof COLUMN_TYPES

const NAMES = Object.keys(COLUMN_TYPES) as ColumnName[]
const SCHEMA = { fields: NAMES.map(name => field(name, COLUMN_TYPES[name])) } as unknown as Schema

const WHOLE_STREAM_OF_NONE = encode([])
/** The mark of a stream's end, with which an encoded stream of any number of batches ends. */
export const STREAM_END: Uint8Array = WHOLE_STREAM_OF_NONE.subarray(-8)
/** What a stream begins with: the schema. */
export const STREAM_START: Uint8Array = WHOLE_STREAM_OF_NONE.subarray(0, -8)

/** The message of an Arrow stream for one batch, to stand between STREAM_START and STREAM_END: rows and what is left out, in the input's order. */
export function encodeWorkerBatch(batch: WorkerBatch): Uint8Array {
  return encode([toColumnBatches(batch)]).subarray(STREAM_START.length, -STREAM_END.length)
}

function encode(batches: readonly Readonly<Record<ColumnName, Batch<unknown>>>[]): Uint8Array {
  const columns = NAMES.map(
    name =>
      new Column(
        batches.map(batch => batch[name]),
        COLUMN_TYPES[name],
      ),
  )
  return tableToIPC(new Table(SCHEMA, columns), { format: 'stream' })!
}

/** A row that comes out: the index of a prepared row, or an error. */
type Outcome = { readonly row: number; readonly prepared: number } | LeftOut

function toColumnBatches(batch: WorkerBatch): Record<ColumnName, Batch<unknown>> {
  const outcomes = inOrder(batch)
  const { inputIds, labels, lossWeights = new Float32Array(0), offsets } = batch.rows
  const hasTokens = outcomes.map(outcome => 'prepared' in outcome)
  const hasWeights = outcomes.map(
    outcome => 'prepared' in outcome && isWeighted(batch.rows, outcome.prepared),
  )
  const listOffsets = toListOffsets(outcomes, offsets)
  const weightOffsets =
    batch.rows.lossWeights === undefined ? new Int32Array(outcomes.length + 1) : listOffsets
  return {
    row: toRowBatch(outcomes),
    input_ids: toListBatch('input_ids', inputIds, listOffsets, hasTokens),
    labels: toListBatch('labels', labels, listOffsets, hasTokens),
    loss_weights: toListBatch('loss_weights', lossWeights, weightOffsets, hasWeights),
    error: toErrorBatch(outcomes),
  }
}

function inOrder({ sourceRows, leftOut }: WorkerBatch): Outcome[] {
  const outcomes: Outcome[] = Array.from(sourceRows, (row, prepared) => ({ row, prepared }))
  // Stable: the examples of one conversation keep their order.
  return [...outcomes, ...leftOut].sort((a, b) => a.row - b.row)
}

/** Whether some weight of a row is neither 0 nor 1. */
function isWeighted({ lossWeights, offsets }: TokenRows, row: number): boolean {
  return (
    lossWeights?.subarray(offsets[row], offsets[row + 1]).some(weight => weight !== 0 && weight !== 1) ??
    false
  )
}

/** The lists of prepared rows lie end to end; what is left out has an empty one between them. */
function toListOffsets(outcomes: readonly Outcome[], rowOffsets: Int32Array): Int32Array {
  const offsets = new Int32Array(outcomes.length + 1)
  for (const [i, outcome] of outcomes.entries()) {
    offsets[i + 1] = 'prepared' in outcome ? rowOffsets[outcome.prepared + 1]! : offsets[i]!
  }
  return offsets
}

function toRowBatch(outcomes: readonly Outcome[]): Batch<unknown> {
  const values = BigInt64Array.from(outcomes, ({ row }) => BigInt(row))
  return new Batch({ length: values.length, type: COLUMN_TYPES.row, values, ...ALL_THERE })
}

function toListBatch(
  name: 'input_ids' | 'labels' | 'loss_weights',
  values: Int32Array | Float32Array,
  offsets: Int32Array,
  isThere: readonly boolean[],
): Batch<unknown> {
  const type = COLUMN_TYPES[name]
  const items = { length: values.length, type: type.children[0]!.type, values, ...ALL_THERE }
  return new Batch({
    length: isThere.length,
    type,
    offsets,
    children: [new Batch(items)],
    ...toValidity(isThere),
  })
}

function toErrorBatch(outcomes: readonly Outcome[]): Batch<unknown> {
  const errors = outcomes.map(outcome => ('error' in outcome ? outcome.error : undefined))
  const texts = errors.map(error => UTF8.encode(error ?? ''))
  const offsets = new Int32Array(texts.length + 1)
  for (const [i, text] of texts.entries()) offsets[i + 1] = offsets[i]! + text.length
  const values = new Uint8Array(offsets.at(-1)!)
  for (const [i, text] of texts.entries()) values.set(text, offsets[i])
  const validity = toValidity(errors.map(error => error !== undefined))
  return new Batch({ length: texts.length, type: COLUMN_TYPES.error, offsets, values, ...validity })
}

const UTF8 = new TextEncoder()

interface Validity {
  readonly nullCount: number
  readonly validity: Uint8Array
}

const ALL_THERE: Validity = { nullCount: 0, validity: new Uint8Array(0) }

/** A bit for each value, the first value's lowest. */
function toValidity(isThere: readonly boolean[]): Validity {
  const validity = new Uint8Array(Math.ceil(isThere.length / 8))
  let nullCount = 0
  for (const [i, there] of isThere.entries()) {
    if (there) validity[i >> 3]! |= 1 << (i & 7)
    else nullCount++
  }
  return nullCount === 0 ? ALL_THERE : { nullCount, validity }
}
