import {
  and,
  equal,
  type Graph,
  greaterOrEqual,
  less,
  type RotaryTables,
  reshape,
  sub,
  type Tensor,
  where,
} from '../graph/index.ts'
import type { TrainBatch } from '../trainable-model.ts'
import type { ModelDescription } from './description.ts'
import { type Rope, type RopeTables, toRopeTables } from './rope.ts'

/** The tokens of a batch as a graph sees them. */
export interface DecoderInputs {
  /** int64 [tokens] */
  readonly inputIds: Tensor
  readonly positionIds: Tensor
  /** What is added to scores: 0 where a token may look, else so little that nothing is left; float32 [tokens, tokens]. */
  readonly maskOf: (window: number | undefined) => Tensor
  readonly tablesOf: (rope: Rope) => RotaryTables
}

/** Numbers fed to a graph by the names of its inputs. */
export type Feed = { readonly data: BigInt64Array | Float32Array; readonly shape: readonly number[] }

/** Softmax makes it 0, whatever the score that it is added to; -∞ would be NaN where it meets +∞. */
const FORBIDDEN = -1e30

/** Declares the inputs that {@link toDecoderFeeds} fills. */
export function declareDecoderInputs(graph: Graph, model: ModelDescription): DecoderInputs {
  const ids = (name: string): Tensor => graph.input(name, 'int64', ['tokens'])
  const inputIds = ids('input_ids')
  const positionIds = ids('position_ids')
  const sequenceIds = ids('sequence_ids')
  const rows = ids('rows')
  const masks = new Map<number | undefined, Tensor>()
  const tables = listRopes(model).map((rope, i) => {
    const table = (name: string): Tensor =>
      graph.input(`rope_${i}_${name}`, 'float32', ['tokens', rope.size / 2])
    return { rope, cos: table('cos'), sin: table('sin'), rows: reshape(rows, [1, 'tokens']) }
  })
  return {
    inputIds,
    positionIds,
    maskOf: window => {
      const mask = masks.get(window) ?? buildMask(rows, sequenceIds, window)
      masks.set(window, mask)
      return mask
    },
    // A description has few ropes, and equal ones are one.
    tablesOf: rope => tables.find(table => isSameRope(table.rope, rope))!,
  }
}

/** What a batch feeds to {@link declareDecoderInputs}' inputs. */
export function toDecoderFeeds(model: ModelDescription, batch: TrainBatch): Record<string, Feed> {
  const { inputIds, positionIds, sequenceIds } = batch
  const count = inputIds.length
  const ids = (values: ArrayLike<number>): Feed => ({
    data: BigInt64Array.from(values as Int32Array, BigInt),
    shape: [count],
  })
  const length = positionIds.reduce((longest, position) => Math.max(longest, position + 1), 0)
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

function buildMask(rows: Tensor, sequenceIds: Tensor, window: number | undefined): Tensor {
  const column = (x: Tensor): Tensor => reshape(x, ['tokens', 1])
  const row = (x: Tensor): Tensor => reshape(x, [1, 'tokens'])
  const distance = sub(column(rows), row(rows))
  const isBefore = and(equal(column(sequenceIds), row(sequenceIds)), greaterOrEqual(distance, 0))
  const isSeen = window === undefined ? isBefore : and(isBefore, less(distance, window))
  const { graph } = rows
  return where(isSeen, graph.scalar(0), graph.scalar(FORBIDDEN))
}

function pickRows(tables: RopeTables, part: 'cos' | 'sin', positions: Int32Array): Float32Array {
  const table = tables[part]
  const width = positions.length === 0 ? 0 : table.length / (Math.max(...positions) + 1)
  const picked = new Float32Array(positions.length * width)
  for (const [row, position] of positions.entries()) {
    picked.set(table.subarray(position * width, (position + 1) * width), row * width)
  }
  return picked
}
