/** How much a batch holds: rows, or so many that they are about those bytes unpacked. A batch ends where its row group does. */
export type BatchSize = { readonly rows: number } | { readonly bytes: number }

/** What the thread that decodes Parquet is started with. */
export interface DecodeTask {
  readonly path: string
  readonly size: BatchSize
}

/** Its answers, one to each message `next`. */
export type DecodeAnswer =
  | {
      readonly kind: 'batch'
      readonly rowCount: number
      /** Of the rows of the file. */
      readonly rowShare: number
      readonly bytes: ArrayBuffer
    }
  | { readonly kind: 'end' }
