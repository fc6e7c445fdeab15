/**
 * Prepared rows as columns, end to end in one array each: row `r` has the tokens `[offsets[r], offsets[r + 1])` of every array below. What a
 * worker hands over and a shard holds.
 *
 * ```
 * inputIds   5 6 7 │ 8 9        labels   -100 6 7 │ -100 9
 * offsets    0, 3, 5
 * seqLengths values 2 1 │ 2     offsets  0, 2, 3     (the first row is a pack of two sequences)
 * ```
 */
export interface TokenRows {
  readonly inputIds: Int32Array
  /** Unshifted; -100: no loss. */
  readonly labels: Int32Array
  /** Undefined where every weight is 0 or 1, as the labels have it. */
  readonly lossWeights: Float32Array | undefined
  /** Of each token in its own sequence, from 0; written only where they are asked for, as `seqLengths` says the same. */
  readonly positionIds: Int32Array | undefined
  /** Undefined where rows are not packed. */
  readonly seqLengths: SeqLengths | undefined
  /** Int32Array[rows + 1], in tokens; the first is 0. */
  readonly offsets: Int32Array
}

/** The sequences of packed rows: row `r` is a pack of those with the lengths `values[offsets[r] … offsets[r + 1])`, which sum to its tokens. */
export interface SeqLengths {
  /** Tokens of each sequence. */
  readonly values: Int32Array
  /** Int32Array[rows + 1], in sequences; the first is 0. */
  readonly offsets: Int32Array
}

/** How many rows there are. */
export function countRows(rows: TokenRows): number {
  return rows.offsets.length - 1
}

/** How many tokens there are in all rows. */
export function countTokens(rows: TokenRows): number {
  return rows.offsets[rows.offsets.length - 1]!
}

/** Rows `[start, end)`, as views; only their offsets are made anew. */
export function sliceRows(rows: TokenRows, start: number, end: number): TokenRows {
  const { inputIds, labels, lossWeights, positionIds, seqLengths, offsets } = rows
  const from = offsets[start]!
  const to = offsets[end]!
  return {
    inputIds: inputIds.subarray(from, to),
    labels: labels.subarray(from, to),
    lossWeights: lossWeights?.subarray(from, to),
    positionIds: positionIds?.subarray(from, to),
    seqLengths: seqLengths === undefined ? undefined : sliceSeqLengths(seqLengths, start, end),
    offsets: sliceOffsets(offsets, start, end),
  }
}

function sliceSeqLengths({ values, offsets }: SeqLengths, start: number, end: number): SeqLengths {
  return {
    values: values.subarray(offsets[start], offsets[end]),
    offsets: sliceOffsets(offsets, start, end),
  }
}

function sliceOffsets(offsets: Int32Array, start: number, end: number): Int32Array {
  const first = offsets[start]!
  const sliced = offsets.slice(start, end + 1)
  if (first !== 0) for (let r = 0; r < sliced.length; r++) sliced[r]! -= first
  return sliced
}
