import { countRows, type TokenRows } from '../../dataset/index.ts'
import type { TokenSource } from '../../mask/index.ts'

/** Where a token comes from. */
export interface Origin {
  /** Of the message that it stands in; undefined outside of any. */
  readonly role: string | undefined
  /** Number of that message among those of its role, from 1. */
  readonly turn: number | undefined
  readonly source: TokenSource
}

/** The origins of all tokens: there are many tokens and few origins. */
export interface Origins {
  /** Of each token, its origin's index in the table. */
  readonly codes: Int32Array
  readonly table: readonly Origin[]
}

/** What is trained or evaluated on, in memory: 8 bytes a token, 12 with weights. */
export interface ExampleSet {
  /** One row an example, or a pack of some. */
  readonly rows: TokenRows
  readonly exampleCount: number
  /** Tokens of each example. */
  readonly lengths: Int32Array
  /** Undefined where it isn't known: for a folder that was prepared before. */
  readonly origins: Origins | undefined
  /** Where an example came from, for messages: `chats.jsonl row 812`. Undefined where it isn't known. */
  readonly describe: ((example: number) => string) | undefined
}

/** Each row is an example; their lengths are measured once here. */
export function toExampleSet(
  rows: TokenRows,
  { origins, describe }: Partial<Pick<ExampleSet, 'origins' | 'describe'>> = {},
): ExampleSet {
  const exampleCount = countRows(rows)
  const lengths = Int32Array.from({ length: exampleCount }, (_, r) => rows.offsets[r + 1]! - rows.offsets[r]!)
  return { rows, exampleCount, lengths, origins, describe }
}
