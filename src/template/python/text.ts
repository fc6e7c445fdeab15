// What stands behind Jinja2's filters that work on text.
import { lower, upper } from './case.ts'
import { isInSet, isSpace } from './char-sets.ts'
import { codePointLength, codePointSliceRanges } from './code-points.ts'
import { floatDigits } from './format-spec.ts'
import { parseFloatText, truncate as truncateFloat } from './number.ts'
import { PyError } from './py-error.ts'
import { repeat } from './repeat.ts'
import { pyStr } from './repr.ts'
import { rsplitRanges, splitlinesRanges } from './strings.ts'
import { dictEntries, intToFloat, isDict, type PyValue, pyType, toNumeric } from './value.ts'

/** Jinja2's `indent` filter. `width` is a number of spaces, or the text to put before each line. */
export function indent(text: string, width: number | string = 4, first = false, blank = false): string {
  const margin = typeof width === 'string' ? width : repeat(' ', width)
  // One break more, as Jinja2 adds it: it keeps the text's own last one.
  const all = `${text}\n`
  const lines = splitlinesRanges(all).map(([start, end]) => all.slice(start, end))
  const indented = lines.map((line, i) => (i > 0 && (blank || line !== '') ? margin + line : line))
  return (first ? margin : '') + indented.join('\n')
}

export interface TruncateOptions {
  readonly length?: number
  readonly killwords?: boolean
  readonly end?: string
  readonly leeway?: number
}

/** Jinja2's `truncate` filter. @throws PyError `AssertionError` for a length shorter than `end`, or a negative leeway */
export function truncate(text: string, options: TruncateOptions = {}): string {
  const { length = 255, killwords = false, end = '...', leeway = 5 } = options
  const endLength = codePointLength(end)
  if (length < endLength)
    throw new PyError('AssertionError', `expected length >= ${endLength}, got ${length}`)
  if (leeway < 0) throw new PyError('AssertionError', `expected leeway >= 0, got ${leeway}`)
  if (codePointLength(text) <= length + leeway) return text
  const span = codePointSliceRanges(text, 0, length - endLength)[0]
  const cut = span === undefined ? '' : text.slice(...span)
  return (killwords ? cut : cut.slice(...rsplitRanges(cut, ' ', 1)[0]!)) + end
}

/** Jinja2's `title` filter: words start after white space and `-({[<`. Unlike `str.title`, `it's` becomes `It's`. */
export function titleFilter(text: string): string {
  let word = ''
  let out = ''
  for (const char of text) {
    if ('-({[<'.includes(char) || isSpace(char.charCodeAt(0))) {
      out += titleWord(word) + char
      word = ''
    } else {
      word += char
    }
  }
  return out + titleWord(word)
}

function titleWord(word: string): string {
  if (word === '') return ''
  const first = String.fromCodePoint(word.codePointAt(0)!)
  return upper(first) + lower(word.slice(first.length))
}

/** Jinja2's `wordcount` filter: runs of letters, digits and `_`. */
export function wordcount(text: string): number {
  let words = 0
  let inWord = false
  for (const char of text) {
    const code = char.codePointAt(0)!
    const isWord = isInSet('alpha', code) || isInSet('numeric', code) || char === '_'
    if (isWord && !inWord) words++
    inWord = isWord
  }
  return words
}

/**
 * Jinja2's `urlencode` filter: a string is quoted, `/` kept; a dict, or a list of pairs, becomes a query.
 *
 * @throws PyError `UnicodeEncodeError` for lone surrogates
 */
export function urlencode(value: PyValue): string {
  if (!isDict(value) && !Array.isArray(value)) return urlQuote(pyStr(value), '/')
  const pairs = isDict(value) ? dictEntries(value) : (value as readonly PyValue[])
  // One by one, so that of several faults the first is told.
  return Array.from(pairs, item => toPair(item).map(quoteForQuery).join('=')).join('&')
}

function toPair(item: PyValue): [PyValue, PyValue] {
  const pair = itemsOf(item)
  if (pair === undefined) throw new PyError('TypeError', `cannot unpack non-iterable ${pyType(item)} object`)
  if (pair.length > 2) throw new PyError('ValueError', 'too many values to unpack (expected 2)')
  if (pair.length < 2)
    throw new PyError('ValueError', `not enough values to unpack (expected 2, got ${pair.length})`)
  return [pair[0]!, pair[1]!]
}

/** What Python gets when it iterates over the value; undefined where it cannot. */
function itemsOf(value: PyValue): readonly PyValue[] | undefined {
  if (typeof value === 'string') return Array.from(value)
  if (isDict(value)) return dictEntries(value).map(([key]) => key)
  return Array.isArray(value) ? value : undefined
}

function quoteForQuery(value: PyValue): string {
  return urlQuote(pyStr(value), '').replaceAll('%20', '+')
}

/** `urllib.parse.quote`. */
function urlQuote(text: string, safe: '/' | ''): string {
  let quoted: string
  try {
    quoted = encodeURIComponent(text)
  } catch {
    throw new PyError(
      'UnicodeEncodeError',
      "'utf-8' codec can't encode a lone surrogate: surrogates not allowed",
    )
  }
  quoted = quoted.replace(/[!*'()]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return safe === '/' ? quoted.replaceAll('%2F', '/') : quoted
}

/** Jinja2's `filesizeformat` filter. @throws PyError `ValueError` or `TypeError` for what is no number */
export function filesizeformat(value: PyValue, binary = false): string {
  const bytes = toBytes(value)
  const base = binary ? 1024 : 1000
  if (bytes === 1) return '1 Byte'
  if (bytes < base) return `${truncateFloat(bytes)} Bytes`
  const prefixes = Array.from('kMGTPEZY', letter => (binary ? `${letter.toUpperCase()}iB` : `${letter}B`))
  let power = 1
  // Asked this way round, a nan gets the last one, as in Jinja2.
  while (power < prefixes.length && !(bytes < base ** (power + 1))) power++
  return `${floatDigits((base * bytes) / base ** (power + 1), 'f', 1, false)} ${prefixes[power - 1]}`
}

function toBytes(value: PyValue): number {
  if (typeof value === 'string') return parseFloatText(value)
  const numeric = toNumeric(value)
  if (numeric === undefined) {
    throw new PyError(
      'TypeError',
      `float() argument must be a string or a real number, not '${pyType(value)}'`,
    )
  }
  return 'int' in numeric ? intToFloat(numeric.int) : numeric.float
}
