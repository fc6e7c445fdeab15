import type { Encoded } from '../../tokenizer/index.ts'

/** The first token that ends after `char`: the one that holds it, where any does. */
export function findTokenAt(encoded: Encoded, char: number): number {
  const { ends } = encoded
  let low = 0
  let high = ends.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ends[middle]! <= char) low = middle + 1
    else high = middle
  }
  return low
}
