import { Rewrite } from '../aligned-text.ts'
import { type CodeSet, isWhiteSpace } from '../unicode/index.ts'
import type { Normalizer } from './normalizer.ts'

/** Leaves out the characters that aren't in a set. */
export function keepOnly(isKept: CodeSet): Normalizer {
  return source => {
    const { text } = source
    const rewrite = new Rewrite(source)
    let isChanged = false
    for (let start = 0, end = 0; start < text.length; start = end) {
      const code = text.codePointAt(start)!
      end = start + (code > 0xffff ? 2 : 1)
      if (isKept(code)) continue
      isChanged = true
      rewrite.keep(start)
      rewrite.skipTo(end)
    }
    if (!isChanged) return source
    rewrite.keep(text.length)
    return rewrite.finish()
  }
}

/** Puts another text in the place of each character; all of it has the character's range. */
export function mapCharacters(map: (char: string) => string): Normalizer {
  return source => {
    const rewrite = new Rewrite(source)
    let isChanged = false
    for (const char of source.text) {
      const mapped = map(char)
      isChanged ||= mapped !== char
      rewrite.replace(mapped)
    }
    return isChanged ? rewrite.finish() : source
  }
}

/** Strips white space. */
export function strip(left: boolean, right: boolean): Normalizer {
  return source => {
    const { text } = source
    let start = 0
    let end = text.length
    if (left) while (start < end && isWhiteSpace(text.charCodeAt(start))) start++
    if (right) while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--
    if (start === 0 && end === text.length) return source
    const rewrite = new Rewrite(source)
    rewrite.skipTo(start)
    rewrite.keep(end)
    return rewrite.finish()
  }
}

/** Puts a text before another one: it shares the range of the first character there. Nothing comes before nothing. */
export function prepend(prefix: string): Normalizer {
  return source => {
    if (source.text === '') return source
    const [first] = source.text
    const rewrite = new Rewrite(source)
    if (prefix === '') rewrite.insert(first!)
    else rewrite.replace(prefix + first!)
    rewrite.skipTo(first!.length)
    rewrite.keep(source.text.length)
    return rewrite.finish()
  }
}
