import type { CodeSet } from '../unicode/index.ts'

/** A part of a text that a pattern matched, or that lies between two matches. [start, end) in UTF-16 units. */
export interface Segment {
  readonly start: number
  readonly end: number
  readonly isMatch: boolean
}

/** Cuts a text into matches and what lies between them: joined, they are the text. */
export type Pattern = (text: string) => Segment[]

/** @param expression with the flags `g` and `u` */
export function matchRegExp(expression: RegExp): Pattern {
  return text => {
    if (text === '') return [{ start: 0, end: 0, isMatch: false }]
    const segments: Segment[] = []
    let previous = 0
    for (let from = 0, lastEnd = -1; from <= text.length; ) {
      expression.lastIndex = from
      const match = expression.exec(text)
      if (match === null) break
      const start = match.index
      const end = start + match[0].length
      // An empty match right behind another one is none, as in Oniguruma's Rust binding.
      // V8 finds some within a character, too.
      if (start === end && (end === lastEnd || isWithinCharacter(text, end))) {
        from = end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1)
        continue
      }
      if (previous !== start) segments.push({ start: previous, end: start, isMatch: false })
      segments.push({ start, end, isMatch: true })
      previous = from = lastEnd = end
    }
    if (previous !== text.length) segments.push({ start: previous, end: text.length, isMatch: false })
    return segments
  }
}

/** Each character of a set is a match of its own. */
export function matchCharacters(isMatch: CodeSet): Pattern {
  return text => {
    if (text === '') return [{ start: 0, end: 0, isMatch: false }]
    const segments: Segment[] = []
    let previous = 0
    for (let start = 0, end = 0; start < text.length; start = end) {
      const code = text.codePointAt(start)!
      end = start + (code > 0xffff ? 2 : 1)
      if (!isMatch(code)) continue
      if (previous < start) segments.push({ start: previous, end: start, isMatch: false })
      segments.push({ start, end, isMatch: true })
      previous = end
    }
    if (previous < text.length) segments.push({ start: previous, end: text.length, isMatch: false })
    return segments
  }
}

export function invert(pattern: Pattern): Pattern {
  return text => pattern(text).map(({ start, end, isMatch }) => ({ start, end, isMatch: !isMatch }))
}

function isWithinCharacter(text: string, unit: number): boolean {
  return unit > 0 && (text.codePointAt(unit - 1) ?? 0) > 0xffff
}
