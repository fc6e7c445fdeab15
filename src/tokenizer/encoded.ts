/**
 * A tokenized text. All arrays have one entry for each token.
 *
 * Token t stands for `text.slice(starts[t], ends[t])` (UTF-16 units). A token that is only a part of a character has that whole
 * character's range, shared by all tokens of the character; a token that the post-processor added (BOS) has an empty range.
 */
export interface Encoded {
  readonly text: string
  readonly ids: Int32Array
  readonly starts: Int32Array
  readonly ends: Int32Array
}
