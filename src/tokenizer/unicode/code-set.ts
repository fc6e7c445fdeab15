import { WHITE_SPACE } from './categories.ts'
import {
  ADDED_TOKEN_WORD,
  COMBINING_MARK,
  NEWER_THAN_NORMALIZATION,
  NONSPACING_MARK,
  OTHER,
  PUNCTUATION,
  WORD,
} from './crate-classes.ts'
import type { CodeRange } from './ranges.ts'

/** Tells whether a code point is in a set. */
export type CodeSet = (code: number) => boolean

/** A class of characters as one of the crate's libraries has it: see crate-classes.ts. */
export type CrateClass =
  | 'word'
  | 'addedTokenWord'
  | 'punctuation'
  | 'nonspacingMark'
  | 'combiningMark'
  | 'other'
  | 'newerThanNormalization'

const RANGES: Readonly<Record<CrateClass, string>> = {
  word: WORD,
  addedTokenWord: ADDED_TOKEN_WORD,
  punctuation: PUNCTUATION,
  nonspacingMark: NONSPACING_MARK,
  combiningMark: COMBINING_MARK,
  other: OTHER,
  newerThanNormalization: NEWER_THAN_NORMALIZATION,
}

/** The code points of a class of the `tokenizers` crate, in order. */
export function crateRanges(name: CrateClass): CodeRange[] {
  const numbers = RANGES[name].split(' ').map(digits => Number.parseInt(digits, 36))
  const ranges: CodeRange[] = []
  for (let i = 0, at = 0; i + 1 < numbers.length; i += 2) {
    const first = at + numbers[i]!
    at = first + numbers[i + 1]!
    ranges.push([first, at - 1])
  }
  return ranges
}

/** A fast test for the members of some ranges. */
export function toCodeSet(ranges: readonly CodeRange[]): CodeSet {
  const bits = new Uint32Array(0x110000 / 32)
  for (const [first, last] of ranges)
    for (let code = first; code <= last; code++) bits[code >>> 5]! |= 1 << (code & 31)
  return code => ((bits[code >>> 5]! >>> (code & 31)) & 1) === 1
}

/** White space as Rust's `char::is_whitespace` and the regular expressions have it. */
export const isWhiteSpace: CodeSet = lazily(() => WHITE_SPACE.map(code => [code, code]))

/** The test for a class of the `tokenizers` crate; its table is made when it is first asked. */
export function crateSet(name: CrateClass): CodeSet {
  return lazily(() => crateRanges(name))
}

function lazily(ranges: () => readonly CodeRange[]): CodeSet {
  let set: CodeSet | undefined
  return code => {
    set ??= toCodeSet(ranges())
    return set(code)
  }
}
