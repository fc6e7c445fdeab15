import { SETS, type SetName } from './unicode-tables.ts'

/** The tests of `str.isalpha` and its kin, for one code point, as Unicode 14 has them. */
export function isInSet(name: SetName, code: number): boolean {
  const edges = edgesOf(name)
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (edges[middle]! <= code) low = middle + 1
    else high = middle
  }
  // After an odd number of changes of membership we are inside.
  return (low & 1) === 1
}

const unpacked = new Map<SetName, Uint32Array>()

function edgesOf(name: SetName): Uint32Array {
  let edges = unpacked.get(name)
  if (edges === undefined) {
    const { like, edges: text } = SETS[name]
    let code = 0
    const own = text.split(' ').map(distance => {
      code += Number.parseInt(distance, 36)
      return code
    })
    edges = Uint32Array.from(like === undefined ? own : symmetricDifference(edgesOf(like), own))
    unpacked.set(name, edges)
  }
  return edges
}

function symmetricDifference(a: Uint32Array, b: readonly number[]): number[] {
  const found = new Set(a)
  for (const edge of b) if (!found.delete(edge)) found.add(edge)
  return [...found].sort((x, y) => x - y)
}

/** The value of a decimal digit of any script (`٣` is 3), or undefined. */
export function decimalValue(code: number): number | undefined {
  if (code >= 48 && code <= 57) return code - 48
  if (code < 128) return undefined
  const edges = edgesOf('decimal')
  for (let i = 0; i < edges.length; i += 2) {
    // Every run of decimal digits is a multiple of ten, from 0 on.
    if (code >= edges[i]! && code < edges[i + 1]!) return (code - edges[i]!) % 10
  }
  return undefined
}

/** White space as `str.strip`, `str.split` and `str.isspace` have it: U+0085 and U+001C are, U+FEFF is not. */
export function isSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 9 && unit <= 13) || (unit >= 0x1c && unit <= 0x1f)
  return (
    unit === 0x85 ||
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  )
}

/** Where `str.splitlines` cuts; `\r\n` counts as one and is the caller's to join. */
export function isLineBreak(unit: number): boolean {
  return (
    (unit >= 10 && unit <= 13) ||
    (unit >= 0x1c && unit <= 0x1e) ||
    unit === 0x85 ||
    unit === 0x2028 ||
    unit === 0x2029
  )
}

export const isAlpha = (text: string): boolean => every(text, code => isInSet('alpha', code))
export const isDecimal = (text: string): boolean => every(text, code => isInSet('decimal', code))
export const isDigit = (text: string): boolean => every(text, code => isInSet('digit', code))
export const isNumeric = (text: string): boolean => every(text, code => isInSet('numeric', code))
export const isAlnum = (text: string): boolean =>
  every(text, code => isInSet('alpha', code) || isInSet('numeric', code))
export const isSpaceText = (text: string): boolean => every(text, isSpace)
export const isIdentifier = (text: string): boolean =>
  text !== '' &&
  isInSet('identifierStart', text.codePointAt(0)!) &&
  every(text, code => isInSet('identifierContinue', code))
/** Unlike its kin, true for the empty string. */
export const isPrintable = (text: string): boolean =>
  text === '' || every(text, code => isInSet('printable', code))
/** Unlike its kin, true for the empty string. */
export const isAscii = (text: string): boolean => !/[^\x00-\x7f]/.test(text)

function every(text: string, test: (code: number) => boolean): boolean {
  for (const char of text) if (!test(char.codePointAt(0)!)) return false
  return text !== ''
}

/** The members of a set, less those of another, as the inside of a character class for a RegExp with the u flag. */
export function classOf(name: SetName, without?: SetName): string {
  const edges = without === undefined ? edgesOf(name) : differenceOf(name, without)
  const code = (value: number) => `\\u{${value.toString(16)}}`
  let source = ''
  for (let i = 0; i < edges.length; i += 2) source += `${code(edges[i]!)}-${code(edges[i + 1]! - 1)}`
  return source
}

/** For a subset of `name`, the symmetric difference is what remains. */
function differenceOf(name: SetName, subset: SetName): readonly number[] {
  return symmetricDifference(edgesOf(name), [...edgesOf(subset)])
}
