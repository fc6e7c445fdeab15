import { posixRanges, propertyRanges, spaces, wordRanges } from './properties.ts'
import { complement, type RangeSet } from './range-set.ts'
import { Untranslatable } from './untranslatable.ts'

/** What a backslash and its followers match, and where they end. */
export interface Escape {
  readonly set: RangeSet
  /** When it is one character. */
  readonly code: number | undefined
  readonly end: number
}

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, a: 7, e: 27 }

const CLASSES: Readonly<Record<string, () => RangeSet>> = {
  d: () => posixRanges('digit')!,
  w: wordRanges,
  s: spaces,
  h: () => posixRanges('xdigit')!,
  O: () => [[0, 0x10ffff]],
  N: () => complement([[10, 10]]),
}

/** Letters behind a backslash that have a meaning which is no set of characters. */
const ASSERTIONS = 'AbBGkgKRXyYzZ'

/**
 * Reads an escape that stands for characters, from its backslash on; undefined when it stands for something else (`\b`, `\1`, `\R`).
 *
 * @throws Untranslatable for characters by bytes or control keys, and unknown properties
 */
export function readEscape(source: string, start: number): Escape | undefined {
  const char = source[start + 1]
  if (char === undefined) throw new Untranslatable('a backslash at the end')
  const end = start + 2
  if (char === 'p' || char === 'P') return readProperty(source, start)
  if (char === 'x' || char === 'u') return readHex(source, start)
  if (Object.hasOwn(CONTROLS, char)) return ofCode(CONTROLS[char]!, end)
  if (Object.hasOwn(CLASSES, char)) return { set: CLASSES[char]!(), code: undefined, end }
  if (char === 'D' || char === 'W' || char === 'S' || char === 'H')
    return { set: complement(CLASSES[char.toLowerCase()]!()), code: undefined, end }
  if (char === '0') return readOctal(source, start)
  if (ASSERTIONS.includes(char) || /[1-9]/.test(char)) return undefined
  if (char === 'c' || char === 'C' || char === 'M' || char === 'o') throw new Untranslatable(`\\${char}`)
  const code = source.codePointAt(start + 1)!
  return ofCode(code, start + 1 + (code > 0xffff ? 2 : 1))
}

/** `\p{L}`, `\p{^L}`, `\P{L}`. */
function readProperty(source: string, start: number): Escape {
  const match = /^\\([pP])\{(\^?)([^{}]+)\}/.exec(source.slice(start, start + 60))
  if (match === null) throw new Untranslatable('\\p without a name in braces')
  const set = propertyRanges(match[3]!)
  if (set === undefined) throw new Untranslatable(match[0])
  const isNegated = (match[1] === 'P') !== (match[2] === '^')
  return { set: isNegated ? complement(set) : set, code: undefined, end: start + match[0].length }
}

/** `\x41`, `\x{1F600}`, `\u0041`. */
function readHex(source: string, start: number): Escape {
  const match = /^\\(?:x\{([0-9a-fA-F]{1,8})\}|u([0-9a-fA-F]{4})|x([0-7][0-9a-fA-F]?))/.exec(
    source.slice(start, start + 12),
  )
  if (match === null) throw new Untranslatable(source.slice(start, start + 4))
  const code = Number.parseInt(match[1] ?? match[2] ?? match[3]!, 16)
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new Untranslatable(match[0])
  return ofCode(code, start + match[0].length)
}

function readOctal(source: string, start: number): Escape {
  const digits = /^[0-7]{0,2}/.exec(source.slice(start + 2, start + 4))![0]
  return ofCode(Number.parseInt(`0${digits}`, 8), start + 2 + digits.length)
}

function ofCode(code: number, end: number): Escape {
  return { set: [[code, code]], code, end }
}
