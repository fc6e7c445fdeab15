import type { Encoded } from './encoded.ts'

export interface EncodeOptions {
  /** Add what the post-processor adds (BOS, EOS). Default true, as in `tokenizers`; what a chat template rendered is encoded with false. */
  readonly addSpecialTokens?: boolean
}

/** Text to ids and back. Ours for BPE, the native `tokenizers` package for other models: the interface is the same. */
export interface Tokenizer {
  /** Ids and offsets of a text, equal to the `tokenizers` package's. */
  encode(text: string, options?: EncodeOptions): Encoded
  /** The text of some ids; what is unknown is left out, and special tokens too unless `skipSpecialTokens` is false. As in `tokenizers`. */
  decode(ids: ArrayLike<number>, options?: { readonly skipSpecialTokens?: boolean }): string
  tokenToId(token: string): number | undefined
  /** The token as the vocabulary writes it (`Ġthe`, `▁the`, `<0x0A>`). */
  idToToken(id: number): string | undefined
  /** Whether the id is an added token that is marked special. */
  isSpecial(id: number): boolean
  /** Whether the id is an added token, special or not. */
  isAdded(id: number): boolean
  /** Ids, added ones included. */
  readonly vocabSize: number
}
