/** A BPE model as tokenizer.json describes it. Names as there, in camelCase. */
export interface BpeSpec extends BpeSettings {
  /** Token strings as the file writes them (`Ġthe`, `▁the`, `<0x0A>`). */
  readonly vocab: ReadonlyMap<string, number>
  /** In order of rank. */
  readonly merges: readonly (readonly [string, string])[]
}

/** All of a model but its tables. */
export interface BpeSettings {
  readonly unkToken: string | undefined
  readonly byteFallback: boolean
  readonly fuseUnk: boolean
  /** A piece that is a token as a whole is that token, whatever the merges say. */
  readonly ignoreMerges: boolean
  readonly continuingSubwordPrefix: string | undefined
  readonly endOfWordSuffix: string | undefined
  /** Whether the vocabulary is written in GPT-2's byte alphabet: pieces are then taken as UTF-8 bytes. */
  readonly byteLevel: boolean
}

/** Takes tokens in the order of the text. */
export interface TokenSink {
  /** [startChar, endChar) in UTF-16 units of the piece. */
  push(id: number, startChar: number, endChar: number): void
}

export interface BpeModel {
  /**
   * The tokens of one pre-tokenized piece, exactly as the `tokenizers` crate has them.
   *
   * A token that is part of a character has that character's range. O(n log n) for any piece.
   *
   * @param piece normalized text; with `byteLevel` its real characters, not the byte alphabet's
   * @throws LosslineError `tokenizer/no-unk-token` when an unknown character meets an `unk_token` that the vocabulary lacks
   */
  encodePiece(piece: string, sink: TokenSink): void
}
