import { isAscii, isInSet } from './char-sets.ts'
import { CASES, type CaseName } from './unicode-tables.ts'

/** `str.upper`. */
export function upper(text: string): string {
  return isAscii(text) ? text.toUpperCase() : mapCodes(text, toUpper)
}

/** `str.lower`, with the sigma of a word's end. */
export function lower(text: string): string {
  return isAscii(text) ? text.toLowerCase() : mapCodes(text, toLowerInText)
}

/** `str.casefold`. */
export function casefold(text: string): string {
  return isAscii(text) ? text.toLowerCase() : mapCodes(text, toFold)
}

/** `str.capitalize`: the first character in title case, the others in lower case. */
export function capitalize(text: string): string {
  return mapCodes(text, (code, codes, i) => (i === 0 ? toTitle(code) : toLowerInText(code, codes, i)))
}

/** `str.title`: title case wherever no cased character stands before, so `it's` becomes `It'S`. */
export function title(text: string): string {
  let afterCased = false
  return mapCodes(text, (code, codes, i) => {
    const to = afterCased ? toLowerInText(code, codes, i) : toTitle(code)
    afterCased = isInSet('cased', code)
    return to
  })
}

/** `str.swapcase`. */
export function swapcase(text: string): string {
  return mapCodes(text, (code, codes, i) => {
    if (isInSet('uppercase', code)) return toLowerInText(code, codes, i)
    return isInSet('lowercase', code) ? toUpper(code) : String.fromCodePoint(code)
  })
}

/** `str.isupper`: some character is upper case, and none is of another case. */
export function isUpper(text: string): boolean {
  return isOneCase(text, 'uppercase', 'lowercase')
}

/** `str.islower`: some character is lower case, and none is of another case. */
export function isLower(text: string): boolean {
  return isOneCase(text, 'lowercase', 'uppercase')
}

/** `str.istitle`: upper and title case only at the start of a run of cased characters, lower case only within. */
export function isTitle(text: string): boolean {
  let found = false
  let afterCased = false
  for (const char of text) {
    const code = char.codePointAt(0)!
    if (isInSet('uppercase', code) || isInSet('titlecase', code)) {
      if (afterCased) return false
      afterCased = true
      found = true
    } else if (isInSet('lowercase', code)) {
      if (!afterCased) return false
      found = true
    } else {
      afterCased = false
    }
  }
  return found
}

function isOneCase(
  text: string,
  wanted: 'uppercase' | 'lowercase',
  other: 'uppercase' | 'lowercase',
): boolean {
  let found = false
  for (const char of text) {
    const code = char.codePointAt(0)!
    if (isInSet(other, code) || isInSet('titlecase', code)) return false
    found ||= isInSet(wanted, code)
  }
  return found
}

type CodeMap = (code: number, codes: readonly number[], i: number) => string

function mapCodes(text: string, map: CodeMap): string {
  const codes = Array.from(text, char => char.codePointAt(0)!)
  return codes.map((code, i) => map(code, codes, i)).join('')
}

const toUpper = (code: number): string => mapOf('upper').get(code) ?? String.fromCodePoint(code)
const toLower = (code: number): string => mapOf('lower').get(code) ?? String.fromCodePoint(code)
const toTitle = (code: number): string => mapOf('title').get(code) ?? toUpper(code)
const toFold = (code: number): string => mapOf('fold').get(code) ?? toLower(code)

const SIGMA = 0x3a3

function toLowerInText(code: number, codes: readonly number[], i: number): string {
  if (code !== SIGMA) return toLower(code)
  return isCasedBeyond(codes, i, -1) && !isCasedBeyond(codes, i, 1) ? 'ς' : 'σ'
}

/** Whether the next character in the direction of `step` that is not case-ignorable is cased. */
function isCasedBeyond(codes: readonly number[], i: number, step: 1 | -1): boolean {
  let at = i + step
  while (at >= 0 && at < codes.length && isInSet('caseIgnorable', codes[at]!)) at += step
  return at >= 0 && at < codes.length && isInSet('cased', codes[at]!)
}

const unpacked = new Map<CaseName, ReadonlyMap<number, string>>()

function mapOf(name: CaseName): ReadonlyMap<number, string> {
  let map = unpacked.get(name)
  if (map === undefined) {
    map = unpack(CASES[name])
    unpacked.set(name, map)
  }
  return map
}

function unpack({ runs, several }: { runs: string; several: string }): ReadonlyMap<number, string> {
  const map = new Map<number, string>()
  const numbers = runs.split(' ').map(part => Number.parseInt(part, 36))
  let start = 0
  for (let i = 0; i < numbers.length; i += 4) {
    start += numbers[i]!
    const count = numbers[i + 1]!
    const step = numbers[i + 2]!
    const shift = numbers[i + 3]!
    for (let k = 0; k < count; k++) {
      const code = start + k * step
      map.set(code, String.fromCodePoint(code + shift))
    }
  }
  if (several === '') return map
  for (const entry of several.split(',')) {
    const [code, ...to] = entry.split(' ').map(part => Number.parseInt(part, 36))
    map.set(code!, String.fromCodePoint(...to))
  }
  return map
}
