/** What the thread that decodes Parquet is started with. */
export interface DecodeTask {
  readonly path: string
  /** Of a batch, about, as JSON lines would have them. */
  readonly batchBytes: number
}

/** Its answers, one to each message `next`. */
export type DecodeAnswer =
  | { readonly kind: 'batch'; readonly rowCount: number; readonly bytes: ArrayBuffer }
  | { readonly kind: 'end' }
