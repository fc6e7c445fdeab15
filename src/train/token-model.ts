/** A model that writes one token after the other. */
export interface TokenModel {
  /**
   * Reads further tokens behind those that it has read since `restart`.
   *
   * @returns logits of what comes next, one for each id; the caller may change them
   */
  read(tokens: readonly number[]): Promise<Float32Array>
  /** Forgets what it has read. */
  restart(): void
  /** Tokens that it can read in all. */
  readonly maxPositions: number
}
