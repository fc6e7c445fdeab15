import type { TemplateSource } from './source.ts'

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['\n', ''],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
])

const ESCAPE = /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/gu

/**
 * The characters of a string literal, with Python's escapes; a backslash before any other character stays.
 *
 * @param start where the literal's inside starts in the source
 */
export function unescapeString(inside: string, source: TemplateSource, start: number): string {
  if (!inside.includes('\\')) return inside
  return inside.replace(ESCAPE, (whole, octal, hex2, hex4, hex8, char, at: number) => {
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
    const hex: string | undefined = hex2 ?? hex4 ?? hex8
    if (hex !== undefined) {
      const code = Number.parseInt(hex, 16)
      if (code > 0x10ffff)
        throw source.syntaxError('no such character', start + at, start + at + whole.length)
      return String.fromCodePoint(code)
    }
    const simple = SIMPLE.get(char)
    if (simple !== undefined) return simple
    if ('xuUN'.includes(char)) {
      throw source.syntaxError(
        `\\${char} needs the digits of a character`,
        start + at,
        start + at + whole.length,
      )
    }
    const code = (char as string).codePointAt(0)!
    // Jinja2 escapes what is beyond ASCII before it unescapes the literal: the two backslashes then become one.
    return code < 0x80 ? whole : `\\${escapeCode(code)}`
  })
}

function escapeCode(code: number): string {
  if (code <= 0xff) return `x${code.toString(16).padStart(2, '0')}`
  if (code <= 0xffff) return `u${code.toString(16).padStart(4, '0')}`
  return `U${code.toString(16).padStart(8, '0')}`
}
