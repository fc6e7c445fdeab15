import { ENTITIES } from './html-entities.ts'
import { splitRanges } from './strings.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '>': '&gt;',
  '<': '&lt;',
  "'": '&#39;',
  '"': '&#34;',
}

/** `markupsafe.escape` of a string. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>'"]/g, char => ESCAPES[char]!)
}

/** `Markup(text).striptags()`: without comments and tags, white space as single spaces, entities resolved. */
export function striptags(text: string): string {
  const bare = cutBetween(cutBetween(text, '<!--', '-->'), '<', '>')
  const words = splitRanges(bare, undefined).map(([start, end]) => bare.slice(start, end))
  return unescapeHtml(words.join(' '))
}

/** Without all that stands from `open` to `close`; what is never closed stays. */
function cutBetween(text: string, open: string, close: string): string {
  let out = ''
  let at = 0
  while (true) {
    const start = text.indexOf(open, at)
    // `<!-->` closes nothing here, but the search for `-->` does start on the opening mark, as in markupsafe.
    const end = start < 0 ? -1 : text.indexOf(close, start)
    if (end < 0) return out + text.slice(at)
    out += text.slice(at, start)
    at = end + close.length
  }
}

/** `html.unescape`: HTML5's character references, with and without their semicolon. */
export function unescapeHtml(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu, (_, name: string) => {
    return name.startsWith('#') ? resolveNumber(name) : resolveName(name)
  })
}

/** What browsers make of 0x80 to 0x9f: the characters of Windows-1252. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

function resolveNumber(name: string): string {
  const digits = name.slice(1).replace(';', '')
  const code = /^x/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10)
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd'
  if (code === 13) return '\r'
  if (code >= 0x80 && code <= 0x9f) return WINDOWS_1252.charAt(code - 0x80)
  return isNoCharacter(code) ? '' : String.fromCodePoint(code)
}

/** Control characters other than white space, and the code points that Unicode keeps out of text. */
function isNoCharacter(code: number): boolean {
  if (code < 0x20) return code !== 9 && code !== 10 && code !== 12
  return code === 0x7f || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe
}

function resolveName(name: string): string {
  const entities = htmlEntities()
  for (let end = name.length; end > 1; end--) {
    const found = entities.get(name.slice(0, end))
    if (found !== undefined) return found + name.slice(end)
  }
  return `&${name}`
}

let unpacked: ReadonlyMap<string, string> | undefined

/** Names, with their semicolon and, where HTML takes them so, without. */
export function htmlEntities(): ReadonlyMap<string, string> {
  if (unpacked !== undefined) return unpacked
  const map = new Map<string, string>()
  let before = ''
  for (const entry of ENTITIES.split(' ')) {
    const [, same, rest, mark, codes] = /^(.)([^,;]*)([,;])(.*)$/.exec(entry)!
    const name = before.slice(0, Number.parseInt(same!, 36)) + rest
    const text = String.fromCodePoint(...codes!.split('+').map(code => Number.parseInt(code, 36)))
    map.set(`${name};`, text)
    if (mark === ',') map.set(name, text)
    before = name
  }
  unpacked = map
  return map
}
