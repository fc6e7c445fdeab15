import type { TokenBuffer } from '../token-buffer.ts'
import { isWhiteSpace } from '../unicode/index.ts'

/** What the post-processors need to know of a text and its tokens' names. */
export interface PostContext {
  readonly text: string
  /** A token as the vocabulary writes it. */
  readonly idToToken: (id: number) => string | undefined
}

/** The byte alphabet's space. */
const BYTE_SPACE = 'Ġ'

/** Takes the white space that tokens begin and end with out of their ranges: the crate's `process_offsets`. */
export function trimOffsets(tokens: TokenBuffer, addPrefixSpace: boolean, context: PostContext): void {
  const counts = new Map<number, readonly [leading: number, trailing: number]>()
  for (let t = 0; t < tokens.length; t++) {
    const id = tokens.ids[t]!
    const added = tokens.addedTexts.get(t)
    let count = added === undefined ? counts.get(id) : countSpaces(added)
    if (count === undefined) {
      count = countSpaces(context.idToToken(id) ?? '')
      counts.set(id, count)
    }
    let [leading] = count
    const [, trailing] = count
    const end = tokens.ends[t]!
    if (leading > 0) {
      // The space that was put before the text isn't in it.
      const isFirst = t === 0 || tokens.starts[t] === 0
      if (isFirst && addPrefixSpace && leading === 1) leading = 0
      tokens.starts[t] = forward(context.text, tokens.starts[t]!, leading, end)
    }
    if (trailing > 0) tokens.ends[t] = back(context.text, end, trailing, tokens.starts[t]!)
  }
}

function countSpaces(token: string): readonly [leading: number, trailing: number] {
  const chars = [...token]
  const isSpace = (char: string) => char === BYTE_SPACE || isWhiteSpace(char.codePointAt(0)!)
  const first = chars.findIndex(char => !isSpace(char))
  if (first < 0) return [chars.length, chars.length]
  return [first, chars.length - 1 - chars.findLastIndex(char => !isSpace(char))]
}

/** So many characters on, but not past `limit`. */
function forward(text: string, start: number, characters: number, limit: number): number {
  let unit = start
  for (let i = 0; i < characters && unit < limit; i++) unit += text.codePointAt(unit)! > 0xffff ? 2 : 1
  return Math.min(unit, limit)
}

/** So many characters back, but not past `limit`; not at all when the text has no so many. */
function back(text: string, end: number, characters: number, limit: number): number {
  let unit = end
  for (let i = 0; i < characters; i++) {
    if (unit === 0) return end
    const isPair = unit > 1 && (text.codePointAt(unit - 2) ?? 0) > 0xffff
    unit -= isPair ? 2 : 1
  }
  return Math.max(unit, limit)
}
