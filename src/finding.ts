/** Something about one example that its owner should know. Rule names are those of the linter. */
export interface Finding {
  readonly rule: string
  readonly severity: 'error' | 'warn' | 'info'
  /** In words: one sentence, what and why it matters. */
  readonly text: string
  /** Index of the message it is about. */
  readonly message?: number
  /** The range of the rendered text that it is about, UTF-16 units. */
  readonly startChar?: number
  readonly endChar?: number
  /** Index of the token it is about. */
  readonly token?: number
  /** For a token that straddles a boundary: the ids that inference would have in its place. */
  readonly inferenceIds?: readonly number[]
}
