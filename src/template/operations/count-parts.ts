import { isSpace } from '../python/index.ts'

/** How often `part` occurs in a text, one after the other; no list is made of them, which might not fit. */
export function countOccurrences(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count++
  return count
}

/** How many words a text has at most, as `split()` without a separator sees them. */
export function countWords(text: string): number {
  let count = 0
  let isInWord = false
  for (let char = 0; char < text.length; char++) {
    const isSpaceHere = isSpace(text.charCodeAt(char))
    if (!isSpaceHere && !isInWord) count++
    isInWord = !isSpaceHere
  }
  return count
}
