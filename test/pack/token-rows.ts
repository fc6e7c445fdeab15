import type { TokenRows } from '../../src/dataset/index.ts'

/** Rows of given lengths for tests: the ids count up, every third token is trained. */
export function makeRows(lengths: readonly number[]): TokenRows {
  const offsets = new Int32Array(lengths.length + 1)
  for (const [r, length] of lengths.entries()) offsets[r + 1] = offsets[r]! + length
  const inputIds = Int32Array.from({ length: offsets.at(-1)! }, (_, t) => t)
  return {
    inputIds,
    labels: inputIds.map(id => (id % 3 === 0 ? id : -100)),
    lossWeights: Float32Array.from(inputIds, id => (id % 3 === 0 ? 1 / (id + 1) : 0)),
    positionIds: undefined,
    seqLengths: undefined,
    offsets,
  }
}

/** A flat column as a list for each row. */
export function toLists(values: Int32Array | Float32Array, offsets: Int32Array): number[][] {
  return Array.from({ length: offsets.length - 1 }, (_, r) =>
    Array.from(values.subarray(offsets[r], offsets[r + 1])),
  )
}
