import { type TokenRows, toLossWeights } from '../../dataset/index.ts'
import { getPackingStrategy, type PackingStrategyName, type Packs, packRows } from '../../pack/index.ts'
import { type ExampleSet, toExampleSet } from './example-set.ts'
import { orderExamples } from './order.ts'

/** The examples in the order that a seed gives. */
export function shuffleExamples(set: ExampleSet, seed: number): ExampleSet {
  const order = orderExamples(set.lengths, { strategy: 'random', seed, epoch: 0, stepExamples: 1 })
  // A pack of one sequence each, in another order, is a shuffle.
  const packs: Packs = {
    maxLength: Number.POSITIVE_INFINITY,
    offsets: Int32Array.from({ length: order.length + 1 }, (_, i) => i),
    sequences: order,
    startTokens: new Int32Array(order.length),
    lengths: order.map(example => set.lengths[example]!),
    keepsBoundaries: false,
  }
  return layPacks(set, packs)
}

/** The examples laid into packs, over the whole set. */
export function packExamples(set: ExampleSet, strategy: PackingStrategyName, maxLength: number): ExampleSet {
  return layPacks(set, getPackingStrategy(strategy).pack(set.lengths, maxLength))
}

function layPacks(set: ExampleSet, packs: Packs): ExampleSet {
  const { origins, describe } = set
  return toExampleSet(packRows(set.rows, packs), {
    origins: origins && { ...origins, codes: layColumn(set.rows, origins.codes, packs) },
    describe: describe && (pack => describePack(pack, packs, describe)),
  })
}

/** Lays a further column as the others are laid. */
function layColumn(rows: TokenRows, column: Int32Array, packs: Packs): Int32Array {
  return packRows({ ...rows, labels: column, lossWeights: undefined }, packs).labels
}

function describePack(
  pack: number,
  { offsets, sequences }: Packs,
  describe: (example: number) => string,
): string {
  const examples = sequences.subarray(offsets[pack], offsets[pack + 1])
  const shown = [...examples.subarray(0, 3)].map(describe).join(' + ')
  return examples.length > 3 ? `${shown} + ${examples.length - 3} more` : shown
}

/** Whether any token of the set is trained: a first token alone is no target. */
export function countTargets({ rows, exampleCount, lengths }: ExampleSet): number {
  const weights = rows.lossWeights ?? toLossWeights(rows.labels)
  let count = 0
  for (let e = 0; e < exampleCount; e++)
    for (let t = 1; t < lengths[e]!; t++) if (weights[rows.offsets[e]! + t] !== 0) count++
  return count
}
