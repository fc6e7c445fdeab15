import { codePointLength, toCodePointIndex } from './code-points.ts'
import { type FormatPiece, joinPieces, madePieces, paddedPieces } from './format-piece.ts'
import { charOf, floatDigits, intDigits, padText, toWidth, truncateText } from './format-spec.ts'
import { truncate } from './number.ts'
import { PyError } from './py-error.ts'
import { MAX_FILLING } from './repeat.ts'
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

/** What stands between the `%` (and a key) and the type. */
const OPTIONS = /(?<flags>[-+ #0]*)(?<width>\*|\d+)?(?:\.(?<precision>\*|\d*))?[hlL]?/y

/** As {@link formatPercent}, with the origin of each stretch; an argument is named by its position or its key. */
export function percentPieces(template: string, args: PyValue): FormatPiece[] {
  const supply = new Arguments(args)
  const pieces: FormatPiece[] = []
  let at = 0
  while (at < template.length) {
    const sign = template.indexOf('%', at)
    const literalEnd = sign < 0 ? template.length : sign
    if (literalEnd > at) pieces.push({ kind: 'template', span: [at, literalEnd] })
    if (sign < 0) break
    if (template.charAt(sign + 1) === '%') {
      pieces.push({ kind: 'template', span: [sign, sign + 1] })
      at = sign + 2
      continue
    }
    OPTIONS.lastIndex = takeKey(template, sign + 1, supply)
    const { flags = '', width, precision } = OPTIONS.exec(template)!.groups!
    const asked = supply.width(width, 'ssize_t') ?? 0
    const places = supply.width(precision === '' ? '0' : precision, 'int')
    if (OPTIONS.lastIndex === template.length) throw new PyError('ValueError', 'incomplete format')
    const type = String.fromCodePoint(template.codePointAt(OPTIONS.lastIndex)!)
    const { argument, value } = supply.next()
    if (!'diouxXeEfFgGcrsa'.includes(type)) throw unsupported(template, type, OPTIONS.lastIndex)
    at = OPTIONS.lastIndex + type.length
    const left = flags.includes('-') || asked < 0
    const conversion = { flags, left, width: Math.abs(asked), precision: places && Math.max(0, places), type }
    if (type === 's' && typeof value === 'string') {
      const shown = truncateText(value, conversion.precision)
      pieces.push(...paddedPieces(argument, padText(shown, conversion.width, left ? '<' : '>', ' ')))
    } else {
      pieces.push(...madePieces(argument, convert(value, conversion)))
    }
  }
  supply.checkAllUsed()
  return pieces
}

/** Reads `(key)`, where there is one, and gives the position behind it. */
function takeKey(template: string, start: number, supply: Arguments): number {
  if (template.charAt(start) !== '(') return start
  supply.checkMapping()
  let depth = 1
  let at = start + 1
  for (; depth > 0; at++) {
    if (at >= template.length) throw new PyError('ValueError', 'incomplete format key')
    if (template.charAt(at) === '(') depth++
    else if (template.charAt(at) === ')') depth--
  }
  supply.useKey(template.slice(start + 1, at - 1))
  return at
}

function unsupported(template: string, type: string, unit: number): PyError {
  const code = type.codePointAt(0)!
  const shown = code > 31 && code < 127 ? type : '?'
  const at = toCodePointIndex(template, unit)
  return new PyError(
    'ValueError',
    `unsupported format character '${shown}' (0x${code.toString(16)}) at index ${at}`,
  )
}

interface Argument {
  readonly argument: number | string
  readonly value: PyValue
}

/** The arguments, handed out one by one; after a key, the value under it is the one that is left. */
class Arguments {
  readonly #args: PyValue
  #left: Argument[]

  constructor(args: PyValue) {
    this.#args = args
    const values = args instanceof PyTuple ? args : [args]
    this.#left = values.map((value, argument) => ({ argument, value }))
  }

  /** Lists count: Python asks only whether they take an index. */
  get #isMapping(): boolean {
    return isDict(this.#args) || (Array.isArray(this.#args) && !(this.#args instanceof PyTuple))
  }

  checkMapping(): void {
    if (!this.#isMapping) throw new PyError('TypeError', 'format requires a mapping')
  }

  useKey(key: string): void {
    if (!isDict(this.#args))
      throw new PyError('TypeError', 'list indices must be integers or slices, not str')
    const value = dictGet(this.#args, key)
    if (value === undefined) throw new PyError('KeyError', pyRepr(key))
    this.#left = [{ argument: key, value }]
  }

  next(): Argument {
    const next = this.#left.shift()
    if (next === undefined) throw new PyError('TypeError', 'not enough arguments for format string')
    return next
  }

  /** @param limit C's type that a `*` has to fit, for the error's words */
  width(text: string | undefined, limit: 'ssize_t' | 'int'): number | undefined {
    if (text !== '*') return toWidth(text)
    const { value } = this.next()
    const numeric = toNumeric(value)
    if (numeric === undefined || !('int' in numeric)) throw new PyError('TypeError', '* wants int')
    if (Math.abs(Number(numeric.int)) > MAX_FILLING) {
      throw new PyError('OverflowError', `Python int too large to convert to C ${limit}`)
    }
    return Number(numeric.int)
  }

  checkAllUsed(): void {
    if (this.#left.length > 0 && !this.#isMapping) {
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
