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
  /** All 1: there is no padding. Written only where it is asked for: by it Axolotl knows that rows are tokenised. */
  readonly attentionMask?: Int8Array | undefined
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

/** The label of a token that is not trained. */
const IGNORE_INDEX = -100

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
  const { inputIds, labels, lossWeights, positionIds, attentionMask, seqLengths, offsets } = rows
  const from = offsets[start]!
  const to = offsets[end]!
  return {
    inputIds: inputIds.subarray(from, to),
    labels: labels.subarray(from, to),
    lossWeights: lossWeights?.subarray(from, to),
    positionIds: positionIds?.subarray(from, to),
    attentionMask: attentionMask?.subarray(from, to),
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

/** The weights that labels stand for: 1 for a trained token, 0 for another. */
export function toLossWeights(labels: Int32Array): Float32Array {
  return Float32Array.from(labels, label => (label === IGNORE_INDEX ? 0 : 1))
}

/** The mask of rows without padding: all 1, as many as the labels are. */
export function toAttentionMask({ length }: Int32Array): Int8Array {
  return new Int8Array(length).fill(1)
}

/**
 * Rows end to end. Where some have loss weights, those of the others are what their labels stand for.
 *
 * @param parts at least one; all of the same columns, loss weights aside
 */
export function concatRows(parts: readonly TokenRows[]): TokenRows {
  const [first] = parts
  if (first === undefined) throw new RangeError('there are no rows to put together')
  if (parts.length === 1) return first
  const pick = <T>(toPart: (rows: TokenRows) => T | undefined) => parts.flatMap(rows => toPart(rows) ?? [])
  const positionIds = pick(rows => rows.positionIds)
  const masks = pick(rows => rows.attentionMask)
  const seqLengths = pick(rows => rows.seqLengths)
  for (const { length } of [positionIds, masks, seqLengths]) {
    if (length !== 0 && length !== parts.length) throw new RangeError('only some of the rows have a column')
  }
  const labels = concatInts(parts.map(rows => rows.labels))
  const hasWeights = parts.some(rows => rows.lossWeights !== undefined)
  return {
    inputIds: concatInts(parts.map(rows => rows.inputIds)),
    labels,
    lossWeights: hasWeights ? concatWeights(parts) : undefined,
    positionIds: positionIds.length === 0 ? undefined : concatInts(positionIds),
    attentionMask: masks.length === 0 ? undefined : toAttentionMask(labels),
    seqLengths: seqLengths.length === 0 ? undefined : concatSeqLengths(seqLengths),
    offsets: concatOffsets(parts.map(rows => rows.offsets)),
  }
}

function concatInts(arrays: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(arrays.reduce((length, array) => length + array.length, 0))
  let at = 0
  for (const array of arrays) {
    whole.set(array, at)
    at += array.length
  }
  return whole
}

function concatWeights(parts: readonly TokenRows[]): Float32Array {
  const whole = new Float32Array(parts.reduce((tokens, rows) => tokens + rows.labels.length, 0))
  let at = 0
  for (const { labels, lossWeights } of parts) {
    whole.set(lossWeights ?? toLossWeights(labels), at)
    at += labels.length
  }
  return whole
}

function concatSeqLengths(parts: readonly SeqLengths[]): SeqLengths {
  return {
    values: concatInts(parts.map(({ values }) => values)),
    offsets: concatOffsets(parts.map(({ offsets }) => offsets)),
  }
}

/** Each array counts from where the last one ended. */
function concatOffsets(arrays: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(arrays.reduce((length, array) => length + array.length - 1, 1))
  let at = 0
  for (const array of arrays) {
    const start = whole[at]!
    for (let r = 1; r < array.length; r++) whole[++at] = start + array[r]!
  }
  return whole
}
