/** How far a preparation has come. */
export interface Progress {
  /** Rows read and worked on, rejected ones among them. */
  readonly rows: number
  readonly rejected: number
  /** Tokens kept. */
  readonly tokens: number
  /** Bytes of the inputs that those rows are in, as they lie on the disk; an input that is read twice counts twice. */
  readonly bytesRead: number
  /** All of them; undefined with standard input. */
  readonly bytesTotal: number | undefined
  /** Shards that are finished. */
  readonly shards: number
}
