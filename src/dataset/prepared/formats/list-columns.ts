import { LosslineError } from '../../../error.ts'
import type { TokenRows } from '../../token-rows.ts'
import { COLUMN_TYPES, type ColumnName, type ListColumn } from '../columns.ts'

/** Whether prepared data has a column of that name. */
export function isColumnName(name: string): name is ColumnName {
  return Object.hasOwn(COLUMN_TYPES, name)
}

/**
 * Columns as rows; those of other names are nobody's business here.
 *
 * @throws LosslineError `dataset/not-prepared` without input_ids or labels, or where a row's lists disagree in length
 */
export function toTokenRows(columns: readonly ListColumn[]): TokenRows {
  const find = (name: ColumnName) => columns.find(column => column.name === name)
  const inputIds = find('input_ids')
  const labels = find('labels')
  if (inputIds === undefined || labels === undefined) {
    throw toNotPrepared(`has no column ${inputIds === undefined ? 'input_ids' : 'labels'}`)
  }
  const seqLengths = find('seq_lengths')
  const positionIds = find('position_ids')
  const lossWeights = find('loss_weights')
  const attentionMask = find('attention_mask')
  for (const column of [labels, positionIds, attentionMask, lossWeights]) checkLengths(column, inputIds)
  return {
    inputIds: toInts(inputIds),
    labels: toInts(labels),
    lossWeights: lossWeights === undefined ? undefined : toFloats(lossWeights),
    positionIds: positionIds === undefined ? undefined : toInts(positionIds),
    attentionMask: attentionMask === undefined ? undefined : toBytes(attentionMask),
    seqLengths:
      seqLengths === undefined ? undefined : { values: toInts(seqLengths), offsets: seqLengths.offsets },
    offsets: inputIds.offsets,
  }
}

/** What is wrong with a file that should be a shard. */
export function toNotPrepared(what: string): LosslineError {
  const fix = 'Name a folder or a shard that `lossline prepare` has written.'
  return new LosslineError('dataset/not-prepared', what, { fix })
}

function checkLengths(column: ListColumn | undefined, { name, offsets }: ListColumn): void {
  if (column === undefined) return
  const r = offsets.findIndex((offset, i) => offset !== column.offsets[i])
  if (r === -1 && column.offsets.length === offsets.length) return
  throw toNotPrepared(`has a row whose ${column.name} are not as many as its ${name}`)
}

function toInts({ name, values }: ListColumn): Int32Array {
  if (values instanceof Int32Array) return values
  throw toNotPrepared(`has other than int32 numbers in ${name}`)
}

function toBytes({ name, values }: ListColumn): Int8Array {
  if (values instanceof Int8Array) return values
  throw toNotPrepared(`has other than int8 numbers in ${name}`)
}

function toFloats({ name, values }: ListColumn): Float32Array {
  if (values instanceof Float32Array) return values
  throw toNotPrepared(`has other than float32 numbers in ${name}`)
}
