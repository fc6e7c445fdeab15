import { type ExampleSet, type Origins, toExampleSet } from '../../src/train/data/index.ts'

/** A row of a set: its ids, and which of them are trained. */
export interface TinyExample {
  readonly ids: readonly number[]
  /** Of each token; the id where it is left out. */
  readonly labels?: readonly number[]
  readonly weights?: readonly number[]
  readonly seqLengths?: readonly number[]
}

/** A set of rows that are written out. */
export function toSet(examples: readonly TinyExample[], origins?: Origins): ExampleSet {
  const offsets = new Int32Array(examples.length + 1)
  for (const [e, { ids }] of examples.entries()) offsets[e + 1] = offsets[e]! + ids.length
  const hasWeights = examples.some(({ weights }) => weights !== undefined)
  const isPacked = examples.some(({ seqLengths }) => seqLengths !== undefined)
  const lengths = examples.map(({ ids, seqLengths = [ids.length] }) => seqLengths)
  const starts = new Int32Array(examples.length + 1)
  for (const [e, list] of lengths.entries()) starts[e + 1] = starts[e]! + list.length
  const rows = {
    inputIds: Int32Array.from(examples.flatMap(({ ids }) => ids)),
    labels: Int32Array.from(examples.flatMap(({ ids, labels = ids }) => labels)),
    lossWeights: hasWeights
      ? Float32Array.from(examples.flatMap(({ ids, weights = ids.map(() => 1) }) => weights))
      : undefined,
    positionIds: undefined,
    seqLengths: isPacked ? { values: Int32Array.from(lengths.flat()), offsets: starts } : undefined,
    offsets,
  }
  return toExampleSet(rows, origins === undefined ? {} : { origins })
}

/** Rows of many lengths, the first half of each untrained; alike in every run. */
export function manyExamples(count: number, vocabulary: number): TinyExample[] {
  return Array.from({ length: count }, (_, e) => {
    const length = 3 + ((e * 7) % 11)
    const ids = Array.from({ length }, (_, t) => (e * 5 + t * 3 + ((e * t) % 4)) % vocabulary)
    return { ids, labels: ids.map((id, t) => (t < length / 2 ? -100 : id)) }
  })
}
