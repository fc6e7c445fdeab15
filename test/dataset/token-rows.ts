import fc from 'fast-check'
import { type TokenRows, toAttentionMask } from '../../src/dataset/index.ts'
import { random as makeRandom } from '../random.ts'

/** Rows of any shape, none and empty ones included, with any of the optional columns. Weights are 0 where the label is -100. */
export const anyTokenRows: fc.Arbitrary<TokenRows> = fc
  .record({
    lengths: fc.array(fc.nat(40), { maxLength: 30 }),
    seed: fc.nat(),
    isPacked: fc.boolean(),
    hasPositions: fc.boolean(),
    hasWeights: fc.boolean(),
    hasMask: fc.boolean(),
  })
  .map(makeTokenRows)

export interface TokenRowsShape {
  /** Tokens of each row. */
  readonly lengths: readonly number[]
  readonly seed: number
  /** Ids are less; default the size of Qwen's vocabulary. */
  readonly idLimit?: number
  readonly isPacked: boolean
  readonly hasPositions: boolean
  readonly hasWeights: boolean
  readonly hasMask?: boolean
}

/** Rows of given lengths with ids, labels, weights and sequences drawn from a seed. */
export function makeTokenRows(shape: TokenRowsShape): TokenRows {
  const { lengths, seed, idLimit = 151_936, isPacked, hasPositions, hasWeights, hasMask } = shape
  const random = makeRandom(seed)
  const offsets = toOffsets(lengths)
  const tokens = offsets.at(-1)!
  const inputIds = Int32Array.from({ length: tokens }, () => random(idLimit))
  const labels = inputIds.map(id => (random(3) === 0 ? -100 : id))
  const sequences = lengths.map(length => (isPacked ? cutLength(length, random) : [length]))
  const positions = sequences.flat().flatMap(length => Array.from({ length }, (_, t) => t))
  return {
    inputIds,
    labels,
    offsets,
    lossWeights: hasWeights
      ? Float32Array.from(labels, label => (label === -100 ? 0 : random(11) / 10))
      : undefined,
    attentionMask: hasMask === true ? toAttentionMask(labels) : undefined,
    positionIds: hasPositions ? Int32Array.from(positions) : undefined,
    seqLengths: isPacked
      ? {
          values: Int32Array.from(sequences.flat()),
          offsets: toOffsets(sequences.map(lengths => lengths.length)),
        }
      : undefined,
  }
}

/** Lengths of at least 1 that sum to `length`. */
function cutLength(length: number, random: (limit: number) => number): number[] {
  const lengths: number[] = []
  for (let left = length; left > 0; left -= lengths.at(-1)!) lengths.push(1 + random(left))
  return lengths
}

function toOffsets(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1)
  for (const [i, length] of lengths.entries()) offsets[i + 1] = offsets[i]! + length
  return offsets
}

/** What the columns of shards are as lists of rows, by their names in the files. */
export function toListColumns(shards: readonly TokenRows[]): Record<string, number[][]> {
  const columns: Record<string, number[][]> = {}
  const add = (
    name: string,
    values: Int32Array | Int8Array | Float32Array | undefined,
    offsets: Int32Array,
  ) => {
    if (values === undefined) return
    const lists = Array.from({ length: offsets.length - 1 }, (_, r) =>
      Array.from(values.subarray(offsets[r], offsets[r + 1])),
    )
    columns[name] = [...(columns[name] ?? []), ...lists]
  }
  for (const { inputIds, labels, attentionMask, seqLengths, positionIds, lossWeights, offsets } of shards) {
    add('input_ids', inputIds, offsets)
    add('labels', labels, offsets)
    add('attention_mask', attentionMask, offsets)
    add('seq_lengths', seqLengths?.values, seqLengths?.offsets ?? offsets)
    add('position_ids', positionIds, offsets)
    add('loss_weights', lossWeights, offsets)
  }
  return columns
}
