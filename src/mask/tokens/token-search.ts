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

/** The tokens that end generation, in order: a text has few, and looking for each id is faster than asking every token. */
export function findStopTokens({ ids }: Encoded, stopIds: ReadonlySet<number>): number[] {
  const found: number[] = []
  for (const id of stopIds) for (let t = ids.indexOf(id); t !== -1; t = ids.indexOf(id, t + 1)) found.push(t)
  return stopIds.size > 1 ? found.sort((a, b) => a - b) : found
}

/** The first of some numbers, which go up, that is `least` or more: its index. */
export function firstAtLeast(numbers: readonly number[], least: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (numbers[middle]! < least) low = middle + 1
    else high = middle
  }
  return low
}
