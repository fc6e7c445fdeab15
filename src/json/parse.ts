import { LosslineError, quote } from '../error.ts'
import { type Json, JsonFloat } from './json.ts'

/** How deep arrays and objects may lie within one another; Python stops near here too. */
const MAX_DEPTH = 1000

/**
 * Reads JSON as Python's `json.loads` does: ints and floats apart (`1.0` is a {@link JsonFloat}), ints of any size, NaN and Infinity,
 * of equal keys the last value in the first one's place.
 *
 * @throws LosslineError `json/syntax` with the position (UTF-16 units) and what was expected there, `json/depth`
 */
export function parseJson(text: string): Json {
  if (isPlain(text)) {
    try {
      return JSON.parse(text) as Json
    } catch {
      // The exact parser says what is wrong, and where.
    }
  }
  return new Parser(text).parse()
}

/**
 * Whether JSON.parse reads the text just as Python would: no number that is a whole float or beyond 2^53, no key that JavaScript
 * would move to the front, no great depth. Only looks outside of strings; may be wrongly cautious, never wrongly confident.
 */
function isPlain(text: string): boolean {
  let at = 0
  let depth = 0
  while (at < text.length) {
    const unit = text.charCodeAt(at)
    if (unit === 34) {
      const start = at + 1
      at = findStringEnd(text, start)
      if (at < 0) return false
      // A key of digits, perhaps written as escapes; a value of that kind is taken for one.
      const first = text.charCodeAt(start)
      if (((first >= 48 && first <= 57) || first === 92) && at - start <= 60) {
        if (/^[\d\\u]+$/.test(text.slice(start, at))) return false
      }
    } else if (unit >= 48 && unit <= 57) {
      at = skipPlainNumber(text, at)
      if (at < 0) return false
      continue
    } else if (unit === 91 || unit === 123) {
      if (++depth > MAX_DEPTH) return false
    } else if (unit === 93 || unit === 125) {
      depth--
    } else if (unit === 73 || unit === 78 || (unit === 45 && text.charCodeAt(at + 1) === 48)) {
      // Infinity, NaN, and -0, which is the int 0 in Python.
      return false
    }
    at++
  }
  return true
}

/** The position of the quote that ends the string, or -1. */
function findStringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start)
  while (end >= 0) {
    let slash = end
    while (slash > start && text.charCodeAt(slash - 1) === 92) slash--
    if (((end - slash) & 1) === 0) return end
    end = text.indexOf('"', end + 1)
  }
  return -1
}

/** The end of a number that is surely an int within 2^53 or surely fractional; -1 for any other. */
function skipPlainNumber(text: string, start: number): number {
  let at = start
  let fraction = false
  let fractional = false
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 46) fraction = true
    else if (unit === 69 || unit === 101) return -1
    else if (unit < 48 || unit > 57) break
    else if (fraction && unit !== 48) fractional = true
  }
  return at - start > 15 || fraction !== fractional ? -1 : at
}

const NUMBER = /(-?(?:0|[1-9]\d*))(\.\d+)?([eE][+-]?\d+)?/y
const PLAIN_CHARS = /[^"\\\x00-\x1f]*/y
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])
const WORDS: readonly (readonly [string, Json])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]
/** Python's own limit on the digits of an int. */
const MAX_INT_DIGITS = 4300

class Parser {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  parse(): Json {
    this.#skipSpace()
    const value = this.#value()
    this.#skipSpace()
    if (this.#at < this.#text.length) throw this.#error('expected the end')
    return value
  }

  #value(): Json {
    switch (this.#text.charAt(this.#at)) {
      case '"':
        return this.#string()
      case '[':
        return this.#nested(() => this.#array())
      case '{':
        return this.#nested(() => this.#object())
    }
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length
        return value
      }
    }
    return this.#number()
  }

  #nested(read: () => Json): Json {
    if (++this.#depth > MAX_DEPTH) {
      throw new LosslineError('json/depth', `more than ${MAX_DEPTH} levels of arrays and objects`, {
        where: `character ${this.#at}`,
        fix: 'Flatten the value.',
      })
    }
    this.#at++
    this.#skipSpace()
    const value = read()
    this.#depth--
    return value
  }

  #array(): Json {
    const items: Json[] = []
    if (this.#take(']')) return items
    while (true) {
      items.push(this.#value())
      this.#skipSpace()
      if (this.#take(']')) return items
      if (!this.#take(',')) throw this.#error("expected ',' or ']'")
      this.#skipSpace()
    }
  }

  #object(): Json {
    const entries = new Map<string, Json>()
    if (this.#take('}')) return {}
    while (true) {
      if (this.#text.charAt(this.#at) !== '"') throw this.#error('expected a key in double quotes')
      const key = this.#string()
      this.#skipSpace()
      if (!this.#take(':')) throw this.#error("expected ':'")
      this.#skipSpace()
      entries.set(key, this.#value())
      this.#skipSpace()
      if (this.#take('}')) return toObject(entries)
      if (!this.#take(',')) throw this.#error("expected ',' or '}'")
      this.#skipSpace()
    }
  }

  #number(): Json {
    NUMBER.lastIndex = this.#at
    const match = NUMBER.exec(this.#text)
    if (match === null) throw this.#error('expected a value')
    const [whole, integer, fraction, exponent] = match
    if (fraction === undefined && exponent === undefined && integer!.length > MAX_INT_DIGITS) {
      if (integer!.replace('-', '').length > MAX_INT_DIGITS) {
        throw this.#error(`expected an integer of at most ${MAX_INT_DIGITS} digits`)
      }
    }
    this.#at += whole.length
    const number = Number(whole)
    if (fraction !== undefined || exponent !== undefined) {
      return Number.isInteger(number) ? new JsonFloat(number) : number
    }
    return Number.isSafeInteger(number) ? number + 0 : BigInt(integer!)
  }

  #string(): string {
    const start = this.#at++
    let value = ''
    while (true) {
      PLAIN_CHARS.lastIndex = this.#at
      value += PLAIN_CHARS.exec(this.#text)![0]
      this.#at = PLAIN_CHARS.lastIndex
      const char = this.#text.charAt(this.#at)
      if (char === '"') {
        this.#at++
        return value
      }
      if (char === '') throw this.#error(`expected the end of the string that starts at character ${start}`)
      if (char !== '\\') throw this.#error('expected a control character to be escaped')
      value += this.#escape()
    }
  }

  #escape(): string {
    const char = this.#text.charAt(this.#at + 1)
    const plain = ESCAPES.get(char)
    if (plain !== undefined) {
      this.#at += 2
      return plain
    }
    const hex = this.#text.slice(this.#at + 2, this.#at + 6)
    if (char !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex))
      throw this.#error('expected an escape (\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)')
    this.#at += 6
    return String.fromCharCode(Number.parseInt(hex, 16))
  }

  #take(char: string): boolean {
    if (this.#text.charAt(this.#at) !== char) return false
    this.#at++
    return true
  }

  #skipSpace(): void {
    while (' \t\n\r'.includes(this.#text.charAt(this.#at) || 'x')) this.#at++
  }

  #error(expected: string): LosslineError {
    const rest = this.#text.slice(this.#at, this.#at + 12)
    const found = rest === '' ? 'the text ends' : `found ${quote(rest)}`
    return new LosslineError('json/syntax', `${expected}, ${found}`, {
      where: `character ${this.#at}`,
      fix: 'Write it as JSON.',
    })
  }
}

/** A plain object, or a Map where a key looks like an array index: JavaScript would move those to the front. */
function toObject(entries: ReadonlyMap<string, Json>): Json {
  const object: Record<string, Json> = {}
  for (const [key, value] of entries) {
    if (isArrayIndex(key)) return entries
    // Assigned to, `__proto__` would be the prototype.
    if (key === '__proto__')
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
    else object[key] = value
  }
  return object
}

function isArrayIndex(key: string): boolean {
  return /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 4294967295
}
