import { LosslineError } from '../../error.ts'
import {
  type AttentionBlock,
  type Graph,
  planAttention,
  type RotaryTables,
  reshape,
  type Tensor,
  toAttentionBlocks,
} from '../graph/index.ts'
import type { TrainBatch } from '../trainable-model.ts'
import type { ModelDescription } from './description.ts'
import { type Rope, type RopeTables, toRopeTables } from './rope.ts'

/** Into how many blocks of queries attention is cut unless it is said. */
export const ATTENTION_BLOCKS = 8

/** The tokens of a batch as a graph sees them. */
export interface DecoderInputs {
  /** int64 [tokens] */
  readonly inputIds: Tensor
  readonly positionIds: Tensor
  /** Which keys the queries of attention see, block by block. */
  readonly blocksOf: (window: number | undefined) => readonly AttentionBlock[]
  readonly tablesOf: (rope: Rope) => RotaryTables
}

/** The tokens of a batch. */
export type DecoderBatch = Pick<TrainBatch, 'inputIds' | 'positionIds' | 'sequenceIds'>

/** Numbers fed to a graph by the names of its inputs. */
export type Feed = { readonly data: BigInt64Array | Float32Array; readonly shape: readonly number[] }

/** Declares the inputs that {@link toDecoderFeeds} fills. */
export function declareDecoderInputs(graph: Graph, model: ModelDescription): DecoderInputs {
  const ids = (name: string): Tensor => graph.input(name, 'int64', ['tokens'])
  const inputIds = ids('input_ids')
  const positionIds = ids('position_ids')
  const sequenceIds = ids('sequence_ids')
  const rows = ids('rows')
  const bounds = graph.input('attention_bounds', 'int64', [ATTENTION_BLOCKS + 1])
  const blocks = listWindows(model).map((window, i) => {
    const keyStarts = graph.input(`attention_key_starts_${i}`, 'int64', [ATTENTION_BLOCKS])
    const plan = { bounds, keyStarts, sequenceIds, rows }
    return [window, toAttentionBlocks(plan, { count: ATTENTION_BLOCKS, window })] as const
  })
  const tables = listRopes(model).map((rope, i) => {
    const table = (name: string): Tensor =>
      graph.input(`rope_${i}_${name}`, 'float32', ['tokens', rope.size / 2])
    return { rope, cos: table('cos'), sin: table('sin'), rows: reshape(rows, [1, 'tokens']) }
  })
  return {
    inputIds,
    positionIds,
    blocksOf: window => new Map(blocks).get(window)!,
    // A description has few ropes, and equal ones are one.
    tablesOf: rope => tables.find(table => isSameRope(table.rope, rope))!,
  }
}

/**
 * What a batch feeds to {@link declareDecoderInputs}' inputs, with the blocks of attention; a batch of fewer tokens than blocks is filled
 * with tokens that nobody looks at.
 *
 * @throws LosslineError as {@link toDecoderFeeds}
 */
export function toBlockedFeeds(model: ModelDescription, batch: DecoderBatch): Record<string, Feed> {
  const filled = fill(batch)
  const feeds = toDecoderFeeds(model, filled)
  for (const [i, window] of listWindows(model).entries()) {
    const { bounds, keyStarts } = planAttention(filled.sequenceIds, { blocks: ATTENTION_BLOCKS, window })
    feeds['attention_bounds'] = { data: bounds, shape: [bounds.length] }
    feeds[`attention_key_starts_${i}`] = { data: keyStarts, shape: [keyStarts.length] }
  }
  return feeds
}

/**
 * What a batch feeds to {@link declareDecoderInputs}' inputs but for the blocks of attention, which a decoder with attention of its own
 * does not read.
 *
 * @throws LosslineError `model/token-id` for an id without a row in the embedding, `model/too-long` for a sequence longer than learnt positions
 */
export function toDecoderFeeds(model: ModelDescription, batch: DecoderBatch): Record<string, Feed> {
  const { inputIds, positionIds, sequenceIds } = batch
  const count = inputIds.length
  const ids = (values: ArrayLike<number>): Feed => ({
    data: BigInt64Array.from(values as Int32Array, BigInt),
    shape: [count],
  })
  const length = largestOf(positionIds) + 1
  checkTokens(model, inputIds)
  checkLength(model, length)
  const feeds: Record<string, Feed> = {
    input_ids: ids(inputIds),
    position_ids: ids(positionIds),
    sequence_ids: ids(sequenceIds),
    rows: ids(positionIds.map((_, row) => row)),
  }
  for (const [i, rope] of listRopes(model).entries()) {
    const tables = toRopeTables(rope, length)
    for (const part of ['cos', 'sin'] as const) {
      feeds[`rope_${i}_${part}`] = {
        data: pickRows(tables, part, positionIds),
        shape: [count, rope.size / 2],
      }
    }
  }
  return feeds
}

function fill(batch: DecoderBatch): DecoderBatch {
  const { inputIds, positionIds, sequenceIds } = batch
  const missing = ATTENTION_BLOCKS - inputIds.length
  if (missing <= 0) return batch
  const append = (values: Int32Array, value: number): Int32Array =>
    Int32Array.from([...values, ...Array<number>(missing).fill(value)])
  return {
    inputIds: append(inputIds, 0),
    positionIds: append(positionIds, 0),
    sequenceIds: append(sequenceIds, (sequenceIds.at(-1) ?? 0) + 1),
  }
}

/** The different ropes of a model's layers: one, or two (Gemma 3). */
function listRopes(model: ModelDescription): Rope[] {
  const ropes: Rope[] = []
  for (const { attention } of model.layers) {
    const { rope } = attention
    if (rope !== undefined && !ropes.some(known => isSameRope(known, rope))) ropes.push(rope)
  }
  return ropes
}

function isSameRope(a: Rope, b: Rope): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

/** How far the layers of a model look: all the same, or two in turn (Gemma 2 and 3). */
function listWindows(model: ModelDescription): (number | undefined)[] {
  return [...new Set(model.layers.map(({ attention }) => attention.window))]
}

/**
 * ONNX Runtime would take an id below 0 for one counted from the end.
 *
 * @throws LosslineError `model/token-id` for an id without a row in the embedding
 */
export function checkTokens({ vocabularySize }: ModelDescription, ids: Int32Array): void {
  const bad = ids.find(id => id < 0 || id >= vocabularySize)
  if (bad === undefined) return
  const what = `a batch holds the token id ${bad}, and the model's embedding has ${vocabularySize} rows`
  throw new LosslineError('model/token-id', what, { fix: "Tokenize with the model's own tokenizer." })
}

function checkLength({ positionEmbedding }: ModelDescription, length: number): void {
  if (positionEmbedding === undefined || length <= positionEmbedding.count) return
  const { count } = positionEmbedding
  const what = `a sequence has ${length} tokens, and the model has learnt ${count} positions`
  throw new LosslineError('model/too-long', what, { fix: `Set {max_length} to ${count} or less.` })
}

/** -1 for no numbers. */
function largestOf(values: Int32Array): number {
  return values.reduce((largest, value) => Math.max(largest, value), -1)
}

function pickRows(tables: RopeTables, part: 'cos' | 'sin', positions: Int32Array): Float32Array {
  const table = tables[part]
  const { width } = tables
  const picked = new Float32Array(positions.length * width)
  for (const [row, position] of positions.entries()) {
    picked.set(table.subarray(position * width, (position + 1) * width), row * width)
  }
  return picked
}
