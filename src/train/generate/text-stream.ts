import type { Tokenizer } from '../../tokenizer/index.ts'

/** Text of ids that come one by one. */
export interface TextStream {
  /** What can be said now: '' while a character is not whole. */
  readonly push: (id: number) => string
  /** What is left at the end. */
  readonly end: () => string
}

/** What is not yet whole is decoded so: a part of a character in UTF-8. */
const REPLACEMENT = '\uFFFD'

/**
 * Decodes as the ids come; special tokens are left out. What is given in all is what decoding all at once gives.
 *
 * Texts join up only with what was decoded before them (a tokenizer may strip the space at the beginning), so some ids are decoded again.
 */
export function makeTextStream(tokenizer: Pick<Tokenizer, 'decode'>): TextStream {
  let ids: number[] = []
  let told = ''
  const tell = (text: string): string => {
    const fresh = text.slice(told.length)
    told = text
    return fresh
  }
  return {
    push: id => {
      ids.push(id)
      const text = tokenizer.decode(ids)
      if (text.endsWith(REPLACEMENT) || text.length < told.length) return ''
      const fresh = tell(text)
      // A line's end joins with nothing: from there on a new text begins behind it.
      if (ids.length > 64 && text.endsWith('\n')) {
        ids = ids.slice(-1)
        told = tokenizer.decode(ids)
      }
      return fresh
    },
    end: () => tell(tokenizer.decode(ids)),
  }
}
