/** A step from tokens, as the vocabulary writes them, to text. The last step's results are joined. */
export type Decoder = (tokens: readonly string[]) => string[]
