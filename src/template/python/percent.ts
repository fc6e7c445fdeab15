import { codePointLength } from './code-points.ts'
import { argumentPieces, type FormatPiece, joinPieces } from './format-piece.ts'
import { charOf, floatDigits, intDigits, toWidth, truncateText } from './format-spec.ts'
import { truncate } from './number.ts'
import { PyError } from './py-error.ts'
import { pyAscii, pyRepr, pyStr } from './repr.ts'
import { dictGet, isDict, PyTuple, type PyValue, pyType, toNumeric } from './value.ts'

/**
 * `template % args`: a tuple's items are the arguments, a dict is asked for `%(key)s`, all else is the one argument.
 *
 * @throws PyError `TypeError`, `ValueError` or `KeyError`, as Python
 */
export function formatPercent(template: string, args: PyValue): string {
  return joinPieces(template, percentPieces(template, args))
}

const CONVERSION =
  /%(?:\((?<key>(?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\))?(?<flags>[-+ #0]*)(?<width>\*|\d+)?(?:\.(?<precision>\*|\d*))?[hlL]?(?<type>[\s\S])?/gu

/** As {@link formatPercent}, with the origin of each stretch; an argument is named by its position or its key. */
export function percentPieces(template: string, args: PyValue): FormatPiece[] {
  const supply = new Arguments(args)
  const pieces: FormatPiece[] = []
  let at = 0
  for (const match of template.matchAll(CONVERSION)) {
    if (match.index > at) pieces.push({ kind: 'template', span: [at, match.index] })
    at = match.index + match[0].length
    const { key, flags = '', type } = match.groups!
    if (match[0].startsWith('%(') && key === undefined)
      throw new PyError('ValueError', 'incomplete format key')
    if (type === '%' && match[0] === '%%') {
      pieces.push({ kind: 'template', span: [at - 1, at] })
      continue
    }
    if (key !== undefined) supply.useKey(key)
    const width = supply.width(match.groups!['width']) ?? 0
    const precision = supply.width(match.groups!['precision'] === '' ? '0' : match.groups!['precision'])
    if (type === undefined) throw new PyError('ValueError', 'incomplete format')
    if (type === '%') {
      pieces.push({ kind: 'template', span: [at - 1, at] })
      continue
    }
    if (!'diouxXeEfFgGcrsa'.includes(type)) throw unsupported(template, type, at)
    const left = flags.includes('-') || width < 0
    const conversion = { flags, left, width: Math.abs(width), precision, type }
    const { argument, value } = supply.next()
    pieces.push(...argumentPieces(argument, type === 's' ? value : undefined, convert(value, conversion)))
  }
  if (at < template.length) pieces.push({ kind: 'template', span: [at, template.length] })
  supply.checkAllUsed()
  return pieces
}

function unsupported(template: string, type: string, end: number): PyError {
  const at = codePointLength(template.slice(0, end)) - 1
  const code = type.codePointAt(0)!
  const shown = code > 31 && code < 127 ? type : '?'
  return new PyError(
    'ValueError',
    `unsupported format character '${shown}' (0x${code.toString(16)}) at index ${at}`,
  )
}

/** The arguments, handed out one by one or by key. */
class Arguments {
  readonly #args: PyValue
  #position = 0
  #keyed: { argument: number | string; value: PyValue } | undefined

  constructor(args: PyValue) {
    this.#args = args
  }

  useKey(key: string): void {
    if (!isDict(this.#args)) {
      if (Array.isArray(this.#args) && !(this.#args instanceof PyTuple)) {
        throw new PyError('TypeError', 'list indices must be integers or slices, not str')
      }
      throw new PyError('TypeError', 'format requires a mapping')
    }
    const value = dictGet(this.#args, key)
    if (value === undefined) throw new PyError('KeyError', pyRepr(key))
    this.#keyed = { argument: key, value }
  }

  next(): { argument: number | string; value: PyValue } {
    if (this.#keyed !== undefined) {
      const keyed = this.#keyed
      this.#keyed = undefined
      return keyed
    }
    const argument = this.#position++
    const value =
      this.#args instanceof PyTuple ? this.#args[argument] : argument === 0 ? this.#args : undefined
    if (value === undefined) throw new PyError('TypeError', 'not enough arguments for format string')
    return { argument, value }
  }

  width(text: string | undefined): number | undefined {
    if (text !== '*') return toWidth(text)
    const numeric = toNumeric(this.next().value)
    if (numeric === undefined || !('int' in numeric)) throw new PyError('TypeError', '* wants int')
    toWidth(String(numeric.int).replace('-', ''))
    return Number(numeric.int)
  }

  checkAllUsed(): void {
    const { length } = this.#args instanceof PyTuple ? this.#args : { length: 1 }
    const isContainer =
      typeof this.#args === 'object' && this.#args !== null && !(this.#args instanceof PyTuple)
    const mayBeUnused = isContainer && (Array.isArray(this.#args) || isDict(this.#args))
    if (this.#position < length && !mayBeUnused) {
      throw new PyError('TypeError', 'not all arguments converted during string formatting')
    }
  }
}

interface Conversion {
  readonly flags: string
  readonly left: boolean
  readonly width: number
  readonly precision: number | undefined
  readonly type: string
}

function convert(value: PyValue, conversion: Conversion): string {
  const { type, precision } = conversion
  switch (type) {
    case 's':
      return fill('', truncateText(pyStr(value), precision), conversion)
    case 'r':
      return fill('', truncateText(pyRepr(value), precision), conversion)
    case 'a':
      return fill('', truncateText(pyAscii(value), precision), conversion)
    case 'c':
      return fill('', toChar(value), conversion)
  }
  return 'eEfFgG'.includes(type) ? convertFloat(value, conversion) : convertInt(value, conversion)
}

function toChar(value: PyValue): string {
  if (typeof value === 'string') {
    if (codePointLength(value) === 1) return value
    throw new PyError('TypeError', '%c requires int or char')
  }
  const numeric = toNumeric(value)
  if (numeric === undefined || !('int' in numeric)) throw new PyError('TypeError', '%c requires int or char')
  return charOf(numeric.int, '%c arg not in range(0x110000)')
}

function convertInt(value: PyValue, conversion: Conversion): string {
  const { type, flags, precision = 0 } = conversion
  const numeric = toNumeric(value)
  const radix = { o: 8, x: 16, X: 16 }[type] ?? 10
  if (numeric === undefined || (radix !== 10 && !('int' in numeric))) {
    const wanted = radix === 10 ? 'a real number' : 'an integer'
    throw new PyError('TypeError', `%${type} format: ${wanted} is required, not ${pyType(value)}`)
  }
  const int = 'int' in numeric ? numeric.int : truncate(numeric.float)
  const digits = intDigits(int, radix).padStart(precision, '0')
  const prefix = flags.includes('#') && radix !== 10 ? `0${type}` : ''
  const sign = int < 0 ? '-' : signOf(flags)
  return fill(sign + prefix, type === 'X' ? digits.toUpperCase() : digits, conversion)
}

function convertFloat(value: PyValue, conversion: Conversion): string {
  const { type, flags, precision = 6 } = conversion
  const numeric = toNumeric(value)
  if (numeric === undefined) throw new PyError('TypeError', `must be real number, not ${pyType(value)}`)
  const float = 'int' in numeric ? Number(numeric.int) : numeric.float
  if ('int' in numeric && !Number.isFinite(float)) {
    throw new PyError('OverflowError', 'int too large to convert to float')
  }
  const negative = float < 0 || Object.is(float, -0)
  return fill(
    negative ? '-' : signOf(flags),
    floatDigits(float, type, precision, flags.includes('#')),
    conversion,
  )
}

function signOf(flags: string): string {
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
}

function fill(lead: string, body: string, { flags, left, width, type }: Conversion): string {
  const space = Math.max(0, width - lead.length - codePointLength(body))
  if (left) return lead + body + ' '.repeat(space)
  return flags.includes('0') && !'srac'.includes(type)
    ? lead + '0'.repeat(space) + body
    : ' '.repeat(space) + lead + body
}
