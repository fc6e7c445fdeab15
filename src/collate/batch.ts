import type { Finding } from '../finding.ts'

/** A tokenized example on its way into a batch. */
export interface CollateExample {
  readonly inputIds: ArrayLike<number>
  /** 1: a token; 0: padding that is there already. Default all 1. */
  readonly attentionMask?: ArrayLike<number>
}

/**
 * Examples as a model takes them: matrices of `shape`, row by row in one array each. A collator without padding lays all examples end to
 * end in one row and says where each begins.
 */
export interface Batch {
  /** Rows and tokens of each row. */
  readonly shape: readonly [rows: number, length: number]
  readonly inputIds: Int32Array
  /** Unshifted; -100 (or the collator's ignore index): no loss. */
  readonly labels: Int32Array
  /** 1: a token; 0: padding. */
  readonly attentionMask?: Int32Array
  /** Of each token in its own example, from 0. */
  readonly positionIds?: Int32Array
  /** Where each example begins in the one row, and the row's length at the end. */
  readonly cuSeqLensQ?: Int32Array
  /** The same array: in self-attention, keys begin where queries do. */
  readonly cuSeqLensK?: Int32Array
  /** Tokens of the longest example. */
  readonly maxLengthQ?: number
  readonly maxLengthK?: number
  /** Which example a token is of, from 0: what linear attention's convolutions want. */
  readonly seqIdx?: Int32Array
  /** What a user should know of these examples; `onWarning` got them too. */
  readonly warnings: readonly CollateWarning[]
}

export interface CollateWarning extends Finding {
  /** Index of the example in its batch; undefined for a warning about the collator's options. */
  readonly row: number | undefined
}

export type OnWarning = (warning: CollateWarning) => void
