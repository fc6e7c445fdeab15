import type { LosslineError } from '../error.ts'
import type { Json } from '../json/index.ts'

/** One row of a file, or what is wrong with it: a broken row ends nothing, the caller decides. */
export type DatasetRow = ReadRow | BrokenRow

export interface ReadRow {
  readonly kind: 'row'
  /** Counted from 0; blank lines are no rows, broken ones are. */
  readonly row: number
  /** `chats.jsonl:812` (the line, from 1) or `chats.json[811]` (the item, from 0). */
  readonly where: string
  readonly value: Json
}

export interface BrokenRow {
  readonly kind: 'broken'
  readonly row: number
  readonly where: string
  /** Its own `where` has the file in it. */
  readonly error: LosslineError
  /** What stands there, of a row of text. */
  readonly text?: string
}

/** What a reader tells beside the rows: `chats.jsonl starts with a byte order mark, which is skipped`. */
export type Notice = (text: string) => void
