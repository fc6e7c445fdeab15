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

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}

/** `html.unescape`. */
export function unescapeHtml(text: string): string {
  return text.replace(/&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[a-z]+;)/g, (whole, name: string) => {
    if (!name.startsWith('#')) return NAMED[name.slice(0, -1)] ?? whole
    const digits = name.replace(/[#;]/g, '')
    const code = /^x/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10)
    return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code)
  })
}
