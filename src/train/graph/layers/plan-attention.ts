/** What the blocks of a batch are, for the inputs of the same names. */
export interface AttentionPlan {
  /** BigInt64Array[blocks + 1] */
  readonly bounds: BigInt64Array
  /** BigInt64Array[blocks] */
  readonly keyStarts: BigInt64Array
}

interface PlanOptions {
  readonly blocks: number
  /** A token sees itself and the `window` - 1 before it. */
  readonly window?: number | undefined
}

/**
 * Cuts the tokens of a batch into blocks of queries of about one size, and finds for each the first key that it may see.
 *
 * A bound moves to the beginning of a sequence where one is near: a block that sees one sequence alone computes fewer scores.
 *
 * @param sequenceIds Int32Array[tokens], never falling; at least one token
 */
export function planAttention(sequenceIds: Int32Array, options: PlanOptions): AttentionPlan {
  const { blocks, window = Number.POSITIVE_INFINITY } = options
  const starts = toSequenceStarts(sequenceIds)
  const bounds = toBounds(starts, blocks)
  const keyStarts = Array.from({ length: blocks }, (_, b) => {
    // A block of no queries reads the last key: products of nothing at all are not every kernel's strength.
    const first = Math.min(bounds[b]!, sequenceIds.length - 1)
    return Math.max(starts[first]!, first - window + 1)
  })
  return { bounds: BigInt64Array.from(bounds, BigInt), keyStarts: BigInt64Array.from(keyStarts, BigInt) }
}

/** For each token where its sequence begins. */
function toSequenceStarts(sequenceIds: Int32Array): Int32Array {
  const starts = new Int32Array(sequenceIds.length)
  for (let t = 1; t < starts.length; t++)
    starts[t] = sequenceIds[t] === sequenceIds[t - 1] ? starts[t - 1]! : t
  return starts
}

function toBounds(starts: Int32Array, blocks: number): number[] {
  const { length } = starts
  const size = Math.ceil(length / blocks)
  const bounds = Array.from({ length: blocks + 1 }, (_, b) => Math.min(b * size, length))
  for (let b = 1; b < blocks; b++) {
    const near = starts[bounds[b]!]
    // Half a block is near; a sequence's beginning never moves a bound past its neighbour.
    if (near !== undefined && bounds[b]! - near < size / 2 && near > bounds[b - 1]!) bounds[b] = near
  }
  return bounds
}
