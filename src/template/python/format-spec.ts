// What `format(value, spec)` and `%` conversions have in common: numbers as digits, fill, sign and grouping.
import { decimalValue } from './char-sets.ts'
import { codePointLength, codePointSliceRanges } from './code-points.ts'
import { toFixedDigits, toSignificantDigits } from './decimal.ts'
import type { PaddedText } from './format-piece.ts'
import { pyFloatRepr, pyIntRepr } from './number.ts'
import { PyError } from './py-error.ts'
import { MAX_FILLING } from './repeat.ts'
import { pyStr } from './repr.ts'
import { intToFloat, type PyValue, pyType, toNumeric } from './value.ts'

export interface FormatSpec {
  readonly fill: string
  readonly align: '<' | '>' | '=' | '^' | undefined
  readonly sign: '+' | '-' | ' ' | undefined
  readonly positiveZero: boolean
  readonly alternate: boolean
  readonly width: number
  readonly grouping: ',' | '_' | undefined
  readonly precision: number | undefined
  readonly type: string
}

const SPEC =
  /^(?:(?<fill>[\s\S])?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<z>z)?(?<hash>#)?(?<zero>0)?(?<width>\d+)?(?<group>[,_])?(?<rest>[\s\S]*)$/u

/** @throws PyError `ValueError` */
export function parseFormatSpec(text: string, type: string): FormatSpec {
  const lead = /^(?:[\s\S][<>=^])?/u.exec(text)![0]
  // Widths may be written in the digits of any script.
  const tail = text.slice(lead.length).replace(/[^\x00-\x7f]/gu, toAsciiDigit)
  const groups = SPEC.exec(lead + tail)!.groups!
  const zero = groups['zero'] !== undefined && groups['fill'] === undefined
  const grouping = groups['group'] as FormatSpec['grouping']
  const spec = {
    fill: groups['fill'] ?? (zero ? '0' : ' '),
    align: (groups['align'] ?? (zero && type !== 'str' ? '=' : undefined)) as FormatSpec['align'],
    sign: groups['sign'] as FormatSpec['sign'],
    positiveZero: groups['z'] !== undefined,
    alternate: groups['hash'] !== undefined,
    width: toWidth(groups['width']) ?? 0,
    grouping,
  }
  return { ...spec, ...parseTail(text, groups['rest']!, grouping, type) }
}

function toAsciiDigit(char: string): string {
  return String(decimalValue(char.codePointAt(0)!) ?? char)
}

/** The precision and the type code. */
function parseTail(
  text: string,
  rest: string,
  grouping: FormatSpec['grouping'],
  valueType: string,
): Pick<FormatSpec, 'precision' | 'type'> {
  if ((grouping === ',' && rest.startsWith('_')) || (grouping === '_' && rest.startsWith(','))) {
    throw new PyError('ValueError', "Cannot specify both ',' and '_'.")
  }
  if (/^\.(?!\d)/.test(rest)) throw new PyError('ValueError', 'Format specifier missing precision')
  const tail = /^(?:\.(\d+))?([\s\S])?$/u.exec(rest)
  if (tail === null) {
    throw new PyError('ValueError', `Invalid format specifier '${text}' for object of type '${valueType}'`)
  }
  const type = tail[2] ?? (valueType === 'str' ? 's' : '')
  if (grouping !== undefined && !(grouping === ',' ? 'deEfFgG%' : 'deEfFgG%boxX').includes(type)) {
    throw new PyError('ValueError', `Cannot specify '${grouping}' with '${type}'.`)
  }
  // For a string any precision will do.
  return { precision: (valueType === 'str' ? toCount : toWidth)(tail[1]), type }
}

export function toWidth(digits: string | undefined): number | undefined {
  const width = toCount(digits)
  if (width !== undefined && width > MAX_FILLING) throw new PyError('ValueError', 'width too big')
  return width
}

function toCount(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined
  if (Number(digits) >= 2 ** 63) throw new PyError('ValueError', 'Too many decimal digits in format string')
  return Number(digits)
}

/**
 * `format(value, spec)`.
 *
 * @throws PyError `ValueError` for a spec that does not fit the value, `TypeError` for a value that takes none
 */
export function pyFormat(value: PyValue, spec: string): string {
  if (spec === '') return pyStr(value)
  const type = pyType(value)
  if (typeof value === 'string') return joinPadded(formatText(value, spec))
  const numeric = toNumeric(value)
  if (numeric === undefined) {
    throw new PyError('TypeError', `unsupported format string passed to ${type}.__format__`)
  }
  const parsed = parseFormatSpec(spec, type)
  if ('float' in numeric) return formatFloat(numeric.float, parsed, type)
  if ('eEfFgG%'.includes(parsed.type) && parsed.type !== '') {
    return formatFloat(intToFloat(numeric.int), parsed, type)
  }
  return formatInt(numeric.int, parsed, type)
}

/**
 * `format(text, spec)` of a string, in parts.
 *
 * @throws PyError `ValueError` for a spec that is not for strings
 */
export function formatText(text: string, specText: string): PaddedText {
  const spec = parseFormatSpec(specText, 'str')
  const refuse = (words: string) => new PyError('ValueError', words)
  if (spec.type !== 's') throw unknownCode(spec.type, 'str')
  if (spec.sign !== undefined) throw refuse('Sign not allowed in string format specifier')
  if (spec.positiveZero) throw refuse('Negative zero coercion (z) not allowed in string format specifier')
  if (spec.alternate) throw refuse('Alternate form (#) not allowed in string format specifier')
  if (spec.align === '=') throw refuse("'=' alignment not allowed in string format specifier")
  return padText(truncateText(text, spec.precision), spec.width, spec.align ?? '<', spec.fill)
}

/** The first `length` code points. */
export function truncateText(text: string, length: number | undefined): string {
  if (length === undefined || text.length <= length) return text
  const span = codePointSliceRanges(text, 0, length)[0]
  return span === undefined ? '' : text.slice(...span)
}

function formatInt(value: number | bigint, spec: FormatSpec, type: string): string {
  const radix = { '': 10, d: 10, n: 10, b: 2, o: 8, x: 16, X: 16, c: 0 }[spec.type]
  if (radix === undefined) throw unknownCode(spec.type, type)
  if (spec.precision !== undefined) {
    throw new PyError('ValueError', 'Precision not allowed in integer format specifier')
  }
  if (spec.positiveZero) {
    throw new PyError('ValueError', 'Negative zero coercion (z) not allowed in integer format specifier')
  }
  if (radix === 0) return formatChar(value, spec)
  const digits = intDigits(value, radix)
  const prefix = spec.alternate && radix !== 10 ? `0${spec.type}` : ''
  const parts = {
    negative: value < 0,
    prefix,
    whole: spec.type === 'X' ? digits.toUpperCase() : digits,
    rest: '',
  }
  return assemble(parts, spec, radix === 10 ? 3 : 4)
}

/** |value| in a radix. */
export function intDigits(value: number | bigint, radix: number): string {
  const text = radix === 10 ? pyIntRepr(value) : value.toString(radix)
  return text.startsWith('-') ? text.slice(1) : text
}

function formatChar(value: number | bigint, spec: FormatSpec): string {
  const refused = spec.sign !== undefined ? 'Sign' : spec.alternate ? 'Alternate form (#)' : undefined
  if (refused !== undefined) {
    throw new PyError('ValueError', `${refused} not allowed with integer format specifier 'c'`)
  }
  if (BigInt.asIntN(64, BigInt(value)) !== BigInt(value)) {
    throw new PyError('OverflowError', 'Python int too large to convert to C long')
  }
  const char = charOf(value, '%c arg not in range(0x110000)')
  return assemble(
    { negative: false, prefix: '', whole: char, rest: '' },
    { ...spec, align: spec.align ?? '>' },
    3,
  )
}

/** @throws PyError `OverflowError` beyond Unicode */
export function charOf(value: number | bigint, words: string): string {
  if (value < 0 || value > 0x10ffff) throw new PyError('OverflowError', words)
  return String.fromCodePoint(Number(value))
}

function formatFloat(value: number, spec: FormatSpec, type: string): string {
  if (!'eEfFgG%n'.includes(spec.type)) throw unknownCode(spec.type, type)
  const percent = spec.type === '%'
  const text = floatDigits(
    percent ? value * 100 : value,
    percent ? 'f' : spec.type,
    spec.precision,
    spec.alternate,
  )
  const whole = /^\d*/.exec(text)![0]
  const rest = text.slice(whole.length) + (percent ? '%' : '')
  const isZero = !/[1-9a-z]/i.test(text.split(/e/i)[0]!)
  const negative = (value < 0 || Object.is(value, -0)) && !(spec.positiveZero && isZero)
  return assemble({ negative, prefix: '', whole, rest }, spec, 3)
}

/**
 * |value| as the conversions e, f, g (and their capitals) write it; '' is format()'s own: repr, or g with a digit after the point.
 */
export function floatDigits(
  value: number,
  type: string,
  precision: number | undefined,
  alternate: boolean,
): string {
  const kind = type.toLowerCase()
  const cased = (text: string) => (type !== kind ? text.toUpperCase() : text)
  if (!Number.isFinite(value)) return cased(Number.isNaN(value) ? 'nan' : 'inf')
  if (kind === '' && precision === undefined) {
    const text = pyFloatRepr(Math.abs(value))
    return alternate && !text.includes('.') ? text.replace('e', '.e') : text
  }
  const digits = precision ?? 6
  if (kind === 'f') {
    const text = toFixedDigits(value, digits)
    return alternate && digits === 0 ? `${text}.` : text
  }
  if (kind === 'e') return cased(exponentForm(toSignificantDigits(value, digits + 1), alternate))
  return cased(generalForm(value, Math.max(digits, 1), alternate, kind === ''))
}

function exponentForm(
  { digits, exponent }: { digits: string; exponent: number },
  alternate: boolean,
): string {
  const point = digits.length > 1 || alternate ? '.' : ''
  const power = String(Math.abs(exponent)).padStart(2, '0')
  return `${digits.charAt(0)}${point}${digits.slice(1)}e${exponent < 0 ? '-' : '+'}${power}`
}

function generalForm(value: number, precision: number, alternate: boolean, keepsPoint: boolean): string {
  const { digits, exponent } = toSignificantDigits(value, precision)
  const kept = alternate ? digits : digits.replace(/(?!^)0+$/, '')
  if (exponent < -4 || exponent >= precision - (keepsPoint ? 1 : 0)) {
    return exponentForm({ digits: kept, exponent }, alternate)
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${kept}`
  const whole = kept.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const fraction = kept.slice(exponent + 1) || (keepsPoint ? '0' : '')
  return fraction === '' && !alternate ? whole : `${whole}.${fraction}`
}

interface NumberParts {
  readonly negative: boolean
  readonly prefix: string
  readonly whole: string
  readonly rest: string
}

function assemble(
  { negative, prefix, whole, rest }: NumberParts,
  spec: FormatSpec,
  groupSize: number,
): string {
  const lead = (negative ? '-' : spec.sign === '-' ? '' : (spec.sign ?? '')) + prefix
  const inner = spec.align === '=' && spec.fill === '0' ? spec.width - lead.length - rest.length : 0
  const grouped = spec.grouping === undefined ? whole : group(whole, spec.grouping, groupSize, inner)
  if (spec.align === '=') {
    const missing = Math.max(0, spec.width - lead.length - grouped.length - rest.length)
    return lead + spec.fill.repeat(missing) + grouped + rest
  }
  return joinPadded(padText(lead + grouped + rest, spec.width, spec.align ?? '>', spec.fill))
}

/** Digits in groups; zeros fill up to `minWidth`, and are grouped too, so that the first is never a separator. */
function group(digits: string, separator: string, size: number, minWidth: number): string {
  if (digits === '') return digits
  let remaining = digits.length
  let missing = minWidth
  const groups: string[] = []
  while (true) {
    const length = Math.min(size, Math.max(remaining, missing, 1))
    groups.push(digits.slice(Math.max(0, remaining - length), remaining).padStart(length, '0'))
    remaining = Math.max(0, remaining - length)
    missing -= length
    if (remaining <= 0 && missing <= 0) return groups.reverse().join(separator)
    missing -= separator.length
  }
}

/** Fills up to a width; centred, an odd space goes to the right. */
export function padText(own: string, width: number, align: '<' | '>' | '^', fill: string): PaddedText {
  const space = Math.max(0, width - codePointLength(own))
  const left = align === '<' ? 0 : align === '^' ? space >> 1 : space
  return { left: fill.repeat(left), own, right: fill.repeat(space - left) }
}

function joinPadded({ left, own, right }: PaddedText): string {
  return left + own + right
}

function unknownCode(code: string, type: string): PyError {
  const number = code.codePointAt(0)!
  const shown = number > 32 && number < 128 ? code : `\\x${number.toString(16)}`
  return new PyError('ValueError', `Unknown format code '${shown}' for object of type '${type}'`)
}
