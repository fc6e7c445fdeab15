import { isIdentifier, isSpace, stripRange } from '../python/index.ts'
import type { TemplateSource } from './source.ts'
import { unescapeString } from './string-literal.ts'

/** Kinds of tokens; an operator is its own kind. */
export type TokenKind =
  | 'data'
  | 'print-begin'
  | 'print-end'
  | 'tag-begin'
  | 'tag-end'
  | 'name'
  | 'string'
  | 'integer'
  | 'float'
  | 'end'
  | Operator

export interface Token {
  readonly kind: TokenKind
  /** A name, a string's characters, a number's digits, text. */
  readonly value: string
  /** Positions in the source's text. */
  readonly start: number
  readonly end: number
}

// Longest first: the first that fits is taken.
const OPERATORS = [
  '//',
  '**',
  '==',
  '!=',
  '>=',
  '<=',
  '+',
  '-',
  '/',
  '*',
  '%',
  '~',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  '>',
  '<',
  '=',
  '.',
  ':',
  '|',
  ',',
  ';',
] as const
export type Operator = (typeof OPERATORS)[number]

const CLOSING: ReadonlyMap<string, Operator> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
])

const FLOAT = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy
const NAME = /[\p{L}\p{M}\p{N}\p{Pc}]+/uy
const STRING = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y
const OPENING = /\{[{%#]/g
const RAW_BEGIN = /\{%([-+]?)\s*raw\s*(?:-%\}\s*|%\})/y
const RAW_END = /\{%([-+]?)\s*endraw\s*(?:\+%\}|-%\}\s*|%\}\n?)/g

/**
 * The tokens of a template, as Jinja2 cuts it with trim_blocks and lstrip_blocks: a newline after a tag is left out, and so is white
 * space between the start of a line and a tag.
 *
 * @throws TemplateError `template/syntax`
 */
export function tokenize(source: TemplateSource): Token[] {
  return new Lexer(source).tokens()
}

class Lexer {
  readonly #source: TemplateSource
  readonly #text: string
  readonly #tokens: Token[] = []
  #at = 0
  /** Whether what was read last ended a line: then white space before a tag may go. */
  #atLineStart = true

  constructor(source: TemplateSource) {
    this.#source = source
    this.#text = source.text
  }

  tokens(): Token[] {
    while (this.#at < this.#text.length) this.#textAndTag()
    this.#push('end', '', this.#at, this.#at)
    return this.#tokens
  }

  #push(kind: TokenKind, value: string, start: number, end: number): void {
    this.#tokens.push({ kind, value, start, end })
  }

  /** Text up to the next tag, and that tag. */
  #textAndTag(): void {
    const start = this.#at
    OPENING.lastIndex = start
    const opening = OPENING.exec(this.#text)
    if (opening === null) {
      this.#data(start, this.#text.length)
      this.#at = this.#text.length
      return
    }
    const tag = opening.index
    RAW_BEGIN.lastIndex = tag
    const raw = RAW_BEGIN.exec(this.#text)
    const sign = raw === null ? this.#text.charAt(tag + 2) : raw[1]!
    this.#data(start, this.#dataEnd(start, tag, sign, opening[0] === '{{'))
    if (raw !== null) {
      this.#moveTo(RAW_BEGIN.lastIndex)
      this.#raw(tag)
      return
    }
    this.#moveTo(tag + (sign === '-' || sign === '+' ? 3 : 2))
    if (opening[0] === '{#') this.#comment(tag)
    else this.#code(opening[0] === '{{', tag)
  }

  #data(start: number, end: number): void {
    if (end > start) this.#push('data', this.#text.slice(start, end), start, end)
  }

  #moveTo(position: number): void {
    this.#at = position
    this.#atLineStart = position > 0 && this.#text.charCodeAt(position - 1) === 10
  }

  /** Where text ends that stands before a tag. */
  #dataEnd(start: number, tag: number, sign: string, isPrint: boolean): number {
    const text = this.#text.slice(start, tag)
    if (sign === '-') return start + stripRange(text, undefined, 'right')[1]
    if (sign === '+' || isPrint) return tag
    const lineStart = text.lastIndexOf('\n') + 1
    if (lineStart === 0 && !this.#atLineStart) return tag
    for (let at = start + lineStart; at < tag; at++) if (!isSpace(this.#text.charCodeAt(at))) return tag
    return start + lineStart
  }

  #comment(tag: number): void {
    // As in Jinja2: with nothing behind it there is nothing to complain of.
    if (this.#at >= this.#text.length) return
    const end = this.#text.indexOf('#}', this.#at)
    if (end < 0) throw this.#source.syntaxError('the comment is never closed: expected #}', tag, tag + 2)
    const sign = end > this.#at ? this.#text.charAt(end - 1) : ''
    this.#closeTag(end + 2, sign)
  }

  /** Behind a tag's end: `-` takes the white space that follows, `+` leaves all, else one newline goes. */
  #closeTag(position: number, sign: string): void {
    let end = position
    if (sign === '-') while (end < this.#text.length && isSpace(this.#text.charCodeAt(end))) end++
    else if (sign !== '+' && this.#text.charCodeAt(end) === 10) end++
    this.#moveTo(end)
  }

  #raw(tag: number): void {
    const start = this.#at
    if (start >= this.#text.length) return
    RAW_END.lastIndex = start
    const end = RAW_END.exec(this.#text)
    if (end === null) throw this.#source.syntaxError('{% raw %} is never closed', tag, start)
    this.#data(start, this.#dataEnd(start, end.index, end[1]!, false))
    this.#moveTo(RAW_END.lastIndex)
  }

  #code(isPrint: boolean, tag: number): void {
    this.#push(isPrint ? 'print-begin' : 'tag-begin', '', tag, this.#at)
    const open: { closing: Operator; at: number }[] = []
    while (!(open.length === 0 && this.#codeEnd(isPrint))) {
      if (this.#at >= this.#text.length) {
        throw this.#source.syntaxError(
          `the tag is never closed: expected ${isPrint ? '}}' : '%}'}`,
          tag,
          tag + 2,
        )
      }
      if (isSpace(this.#text.charCodeAt(this.#at))) this.#moveTo(this.#at + 1)
      else this.#codeToken(open)
    }
  }

  #codeEnd(isPrint: boolean): boolean {
    const start = this.#at
    const first = this.#text.charAt(start)
    const sign = first === '-' || (first === '+' && !isPrint) ? first : ''
    const mark = isPrint ? '}}' : '%}'
    if (!this.#text.startsWith(mark, start + sign.length)) return false
    const end = start + sign.length + 2
    // Only tags take the newline with them.
    if (isPrint && sign === '') this.#moveTo(end)
    else this.#closeTag(end, sign)
    this.#push(isPrint ? 'print-end' : 'tag-end', '', start, end)
    return true
  }

  #codeToken(open: { closing: Operator; at: number }[]): void {
    const start = this.#at
    const word = this.#word(start)
    if (word !== undefined) {
      this.#push(word.kind, word.value, start, this.#at)
      return
    }
    const operator = OPERATORS.find(one => this.#text.startsWith(one, start))
    if (operator === undefined) {
      const char = String.fromCodePoint(this.#text.codePointAt(start)!)
      throw this.#source.syntaxError(`unexpected character ${JSON.stringify(char)}`, start)
    }
    this.#moveTo(start + operator.length)
    this.#balance(operator, open, start)
    this.#push(operator, operator, start, this.#at)
  }

  /** A number, name or string, where one stands here. */
  #word(start: number): { readonly kind: TokenKind; readonly value: string } | undefined {
    const float = this.#match(FLOAT)
    if (float !== undefined) return { kind: 'float', value: float.replaceAll('_', '') }
    const integer = this.#match(INTEGER)
    if (integer !== undefined) return { kind: 'integer', value: integer.replaceAll('_', '') }
    const name = this.#match(NAME)
    if (name !== undefined) {
      if (!isIdentifier(name)) throw this.#source.syntaxError(`${name} is no name`, start, this.#at)
      return { kind: 'name', value: name }
    }
    const string = this.#match(STRING)
    if (string === undefined) return undefined
    return { kind: 'string', value: unescapeString(string.slice(1, -1), this.#source, start + 1) }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#moveTo(this.#at + found.length)
    return found
  }

  #balance(operator: Operator, open: { closing: Operator; at: number }[], start: number): void {
    const closing = CLOSING.get(operator)
    if (closing !== undefined) {
      open.push({ closing, at: start })
    } else if (operator === ')' || operator === ']' || operator === '}') {
      const expected = open.pop()?.closing
      if (expected !== operator) {
        const wanted = expected === undefined ? '' : `, expected '${expected}'`
        throw this.#source.syntaxError(`unexpected '${operator}'${wanted}`, start)
      }
    }
  }
}
