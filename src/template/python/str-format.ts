import { decimalValue } from './char-sets.ts'
import { type FormatPiece, joinPieces, madePieces, paddedPieces } from './format-piece.ts'
import { formatText, pyFormat } from './format-spec.ts'
import { PyError } from './py-error.ts'
import { pyAscii, pyRepr, pyStr } from './repr.ts'
import { dictGet, isDict, type PyValue, pyType } from './value.ts'

export interface FormatArguments {
  readonly positional: readonly PyValue[]
  readonly named: ReadonlyMap<string, PyValue>
}

/**
 * `template.format(*positional, **named)`. `{0.name}` and `{0[name]}` reach items of dicts and lists, as in Jinja2's sandbox, and
 * nothing else.
 *
 * @throws PyError `ValueError`, `IndexError`, `KeyError` or `TypeError`, as Python
 */
export function strFormat(template: string, args: FormatArguments): string {
  return joinPieces(template, strFormatPieces(template, args))
}

/** As {@link strFormat}, with the origin of each stretch; an argument is named by its position or its name. */
export function strFormatPieces(template: string, args: FormatArguments): FormatPiece[] {
  return new Formatter(args).pieces(template, 2)
}

class Formatter {
  readonly #args: FormatArguments
  /** The next automatic number; 'manual' once a number was written out. */
  #numbering: number | 'manual' = 0

  constructor(args: FormatArguments) {
    this.#args = args
  }

  pieces(template: string, depth: number): FormatPiece[] {
    if (depth < 1) throw new PyError('ValueError', 'Max string recursion exceeded')
    const pieces: FormatPiece[] = []
    let at = 0
    while (at < template.length) {
      const next = /[{}]/.exec(template.slice(at))
      const brace = next === null ? template.length : at + next.index
      if (brace > at) pieces.push({ kind: 'template', span: [at, brace] })
      if (next === null) break
      if (template.charAt(brace + 1) === next[0]) {
        pieces.push({ kind: 'template', span: [brace, brace + 1] })
        at = brace + 2
        continue
      }
      if (next[0] === '}' || brace + 1 === template.length) {
        throw new PyError('ValueError', `Single '${next[0]}' encountered in format string`)
      }
      const field = parseField(template, brace + 1)
      pieces.push(...this.#field(field, depth))
      at = field.end
    }
    return pieces
  }

  #field({ name, conversion, spec }: Field, depth: number): FormatPiece[] {
    const { argument, value } = this.#find(name)
    const converted = convert(value, conversion)
    const specText = spec.includes('{') ? joinPieces(spec, this.pieces(spec, depth - 1)) : spec
    const isWhole = !/[.[]/.test(name) && (conversion === '' || conversion === 's')
    return isWhole && typeof value === 'string'
      ? paddedPieces(argument, formatText(value, specText))
      : madePieces(argument, pyFormat(converted, specText))
  }

  #find(name: string): { argument: number | string; value: PyValue } {
    const first = /^[^.[]*/.exec(name)![0]
    const written = parseIndex(first)
    const argument = written !== undefined || first === '' ? this.#position(written) : first
    const root =
      typeof argument === 'number' ? this.#args.positional[argument] : this.#args.named.get(argument)
    if (root === undefined) {
      if (typeof argument === 'string') throw new PyError('KeyError', pyRepr(argument))
      throw new PyError('IndexError', `Replacement index ${argument} out of range for positional args tuple`)
    }
    let value = root
    for (const step of parseSteps(name.slice(first.length))) value = getItem(value, step)
    return { argument, value }
  }

  /** @param written undefined for `{}`, which takes the next argument */
  #position(written: number | undefined): number {
    const refuse = (from: string, to: string) =>
      new PyError('ValueError', `cannot switch from ${from} to ${to}`)
    if (written === undefined) {
      if (this.#numbering !== 'manual') return this.#numbering++
      throw refuse('manual field specification', 'automatic field numbering')
    }
    if (this.#numbering !== 'manual' && this.#numbering > 0) {
      throw refuse('automatic field numbering', 'manual field specification')
    }
    this.#numbering = 'manual'
    return written
  }
}

interface Field {
  readonly name: string
  readonly conversion: string
  readonly spec: string
  /** Behind the closing brace. */
  readonly end: number
}

/** Reads the field whose brace stands before `start`. Within `[ ]` any character is part of the key, braces too. */
function parseField(template: string, start: number): Field {
  let at = start
  for (; at < template.length; at++) {
    const char = template.charAt(at)
    if ('}:!'.includes(char)) break
    if (char === '{') throw new PyError('ValueError', "unexpected '{' in field name")
    if (char === '[') {
      const close = template.indexOf(']', at)
      at = close < 0 ? template.length : close - 1
    }
  }
  if (at >= template.length) throw new PyError('ValueError', "expected '}' before end of string")
  const name = template.slice(start, at)
  if (template.charAt(at) === '}') return { name, conversion: '', spec: '', end: at + 1 }
  if (template.charAt(at) === ':') return { name, conversion: '', ...parseSpec(template, at + 1) }
  if (at + 1 >= template.length) {
    throw new PyError('ValueError', 'end of string while looking for conversion specifier')
  }
  const conversion = String.fromCodePoint(template.codePointAt(at + 1)!)
  const after = at + 1 + conversion.length
  if (template.charAt(after) === '}') return { name, conversion, spec: '', end: after + 1 }
  if (template.charAt(after) === ':') return { name, conversion, ...parseSpec(template, after + 1) }
  const words =
    after < template.length ? "expected ':' after conversion specifier" : "unmatched '{' in format spec"
  throw new PyError('ValueError', words)
}

function parseSpec(template: string, start: number): { spec: string; end: number } {
  let depth = 1
  for (let at = start; at < template.length; at++) {
    if (template.charAt(at) === '{') depth++
    else if (template.charAt(at) === '}' && --depth === 0)
      return { spec: template.slice(start, at), end: at + 1 }
  }
  throw new PyError('ValueError', "unmatched '{' in format spec")
}

function convert(value: PyValue, conversion: string): PyValue {
  switch (conversion) {
    case '':
      return value
    case 's':
      return pyStr(value)
    case 'r':
      return pyRepr(value)
    case 'a':
      return pyAscii(value)
  }
  throw new PyError('ValueError', `Unknown conversion specifier '${conversion}'`)
}

/** One by one: that a key is missing is told before what is wrong behind it. */
function* parseSteps(path: string): Generator<string | number> {
  let rest = path
  while (rest !== '') {
    const match = /^(?:\.([^.[]+)|\[([^\]]+)\])/.exec(rest)
    if (match === null) {
      const words =
        rest.startsWith('[') && !rest.includes(']')
          ? "Missing ']' in format string"
          : rest.startsWith('[') || rest.startsWith('.')
            ? 'Empty attribute in format string'
            : "Only '.' or '[' may follow ']' in format field specifier"
      throw new PyError('ValueError', words)
    }
    const key = match[1] ?? match[2]!
    yield match[2] === undefined ? key : (parseIndex(key) ?? key)
    rest = rest.slice(match[0].length)
  }
}

/** A number in decimal digits of any script; undefined where the text is something else. */
function parseIndex(text: string): number | undefined {
  const digits = Array.from(text, char => decimalValue(char.codePointAt(0)!))
  return text === '' || digits.includes(undefined) ? undefined : Number(digits.join(''))
}

function getItem(value: PyValue, key: string | number): PyValue {
  if (isDict(value)) {
    const found =
      typeof key === 'string' ? dictGet(value, key) : value instanceof Map ? value.get(key) : undefined
    if (found === undefined) throw new PyError('KeyError', pyRepr(key))
    return found
  }
  const type = pyType(value)
  if (typeof key === 'number' && (Array.isArray(value) || typeof value === 'string')) {
    const found = typeof value === 'string' ? Array.from(value)[key] : (value as readonly PyValue[])[key]
    if (found === undefined)
      throw new PyError('IndexError', `${type === 'str' ? 'string' : type} index out of range`)
    return found
  }
  throw new PyError('TypeError', `'${type}' object has no item or attribute '${key}' that a format may read`)
}
