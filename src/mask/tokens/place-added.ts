import type { Encoded } from '../../tokenizer/index.ts'

/**
 * `tokenizers` gives what the post-processor adds the range [0, 0) wherever it stands. Behind the text it gets the text's end instead, so
 * that the ranges run forwards.
 */
export function placeAddedTokens(encoded: Encoded): Encoded {
  const { text, ids, starts, ends } = encoded
  let last = ids.length
  while (last > 0 && ends[last - 1] === 0 && starts[last - 1] === 0) last--
  if (last === 0 || last === ids.length) return encoded
  return {
    text,
    ids,
    starts: starts.slice().fill(text.length, last),
    ends: ends.slice().fill(text.length, last),
  }
}
