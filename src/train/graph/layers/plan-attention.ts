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
 * A bound moves to the beginning of a sequence where one is near: a block that sees one sequence alone computes fewer scores. No block is
 * empty: ONNX Runtime's product of matrices over nothing is not zero but what was in memory.
 *
 * @param sequenceIds Int32Array[tokens], never falling; at least as many tokens as blocks
 */
export function planAttention(sequenceIds: Int32Array, options: PlanOptions): AttentionPlan {
  const { blocks, window = Number.POSITIVE_INFINITY } = options
  if (sequenceIds.length < blocks) throw new RangeError(`${sequenceIds.length} tokens in ${blocks} blocks`)
  const starts = toSequenceStarts(sequenceIds)
  const bounds = toBounds(starts, blocks)
  const keyStarts = bounds.slice(0, -1).map(first => Math.max(starts[first]!, first - window + 1))
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
  const size = starts.length / blocks
  const bounds = Array.from({ length: blocks + 1 }, (_, b) => Math.floor((b * starts.length) / blocks))
  for (let b = 1; b < blocks; b++) {
    const near = starts[bounds[b]!]!
    // Never past its neighbour.
    if (bounds[b]! - near < size / 2 && near > bounds[b - 1]!) bounds[b] = near
  }
  return bounds
}
