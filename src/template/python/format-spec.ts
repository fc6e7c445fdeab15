// What `format(value, spec)` and `%` conversions have in common: numbers as digits, fill, sign and grouping.
import { codePointLength, codePointSliceRanges } from './code-points.ts'
import { toFixedDigits, toSignificantDigits } from './decimal.ts'
import { pyFloatRepr, pyIntRepr } from './number.ts'
import { PyError } from './py-error.ts'
import { pyStr } from './repr.ts'
import { intToFloat, type PyValue, pyType, toNumeric } from './value.ts'

export interface FormatSpec {
  readonly fill: string
  readonly align: '<' | '>' | '=' | '^' | undefined
  readonly sign: '+' | '-' | ' '
  readonly positiveZero: boolean
  readonly alternate: boolean
  readonly width: number
  readonly grouping: ',' | '_' | undefined
  readonly precision: number | undefined
  readonly type: string
}

/** Widths and precisions beyond this are refused: a template from a stranger could ask for a string of a gigabyte. */
export const MAX_WIDTH = 10_000_000

const SPEC =
  /^(?:(?<fill>[\s\S])?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<z>z)?(?<hash>#)?(?<zero>0)?(?<width>\d+)?(?<group>[,_])?(?:\.(?<precision>\d+))?(?<type>[\s\S])?$/u

/** @throws PyError `ValueError` */
export function parseFormatSpec(text: string, type: string): FormatSpec {
  const groups = SPEC.exec(text)?.groups
  if (groups === undefined) {
    const words = /\.(?!\d)/.test(text)
      ? 'Format specifier missing precision'
      : `Invalid format specifier '${text}' for object of type '${type}'`
    throw new PyError('ValueError', words)
  }
  const zero = groups['zero'] !== undefined && groups['fill'] === undefined
  const align = groups['align'] as FormatSpec['align']
  const isText = type === 'str'
  return {
    fill: groups['fill'] ?? (zero ? '0' : ' '),
    align: align ?? (zero && !isText ? '=' : undefined),
    sign: (groups['sign'] ?? '-') as FormatSpec['sign'],
    positiveZero: groups['z'] !== undefined,
    alternate: groups['hash'] !== undefined,
    width: toWidth(groups['width']) ?? 0,
    grouping: groups['group'] as FormatSpec['grouping'],
    precision: toWidth(groups['precision']),
    type: groups['type'] ?? '',
  }
}

export function toWidth(digits: string | undefined): number | undefined {
  if (digits === undefined || digits === '') return undefined
  const width = Number(digits)
  if (width > MAX_WIDTH) throw new PyError('ValueError', 'Too many decimal digits in format string')
  return width
}

/**
 * `format(value, spec)`.
 *
 * @throws PyError `ValueError` for a spec that does not fit the value, `TypeError` for a value that takes none
 */
export function pyFormat(value: PyValue, spec: string): string {
  if (spec === '') return pyStr(value)
  const type = pyType(value)
  if (typeof value === 'string') return formatText(value, parseFormatSpec(spec, type))
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

function formatText(text: string, spec: FormatSpec): string {
  const refuse = (words: string) => new PyError('ValueError', words)
  if (spec.type !== '' && spec.type !== 's') throw unknownCode(spec.type, 'str')
  if (spec.sign !== '-') throw refuse('Sign not allowed in string format specifier')
  if (spec.alternate) throw refuse('Alternate form (#) not allowed in string format specifier')
  if (spec.grouping !== undefined) throw refuse(`Cannot specify '${spec.grouping}' with 's'.`)
  if (spec.align === '=') throw refuse("'=' alignment not allowed in string format specifier")
  return pad(truncateText(text, spec.precision), spec.width, spec.align ?? '<', spec.fill)
}

/** The first `length` code points. */
export function truncateText(text: string, length: number | undefined): string {
  if (length === undefined || text.length <= length) return text
  const span = codePointSliceRanges(text, 0, length)[0]
  return span === undefined ? '' : text.slice(...span)
}

function formatInt(value: number | bigint, spec: FormatSpec, type: string): string {
  if (spec.precision !== undefined) {
    throw new PyError('ValueError', 'Precision not allowed in integer format specifier')
  }
  if (spec.positiveZero) {
    throw new PyError('ValueError', 'Negative zero coercion (z) not allowed in integer format specifier')
  }
  if (spec.type === 'c') return formatChar(value, spec)
  const radix = { '': 10, d: 10, n: 10, b: 2, o: 8, x: 16, X: 16 }[spec.type]
  if (radix === undefined) throw unknownCode(spec.type, type)
  if (spec.grouping !== undefined && (spec.type === 'n' || (radix !== 10 && spec.grouping === ','))) {
    throw new PyError('ValueError', `Cannot specify '${spec.grouping}' with '${spec.type}'.`)
  }
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
  if (spec.sign !== '-') throw new PyError('ValueError', "Sign not allowed with integer format specifier 'c'")
  if (spec.alternate)
    throw new PyError('ValueError', "Alternate form (#) not allowed with integer format specifier 'c'")
  if (spec.grouping !== undefined)
    throw new PyError('ValueError', `Cannot specify '${spec.grouping}' with 'c'.`)
  return pad(
    charOf(value, '%c arg not in range(0x110000)'),
    spec.width,
    spec.align === '=' ? '>' : (spec.align ?? '>'),
    spec.fill,
  )
}

/** @throws PyError `OverflowError` beyond Unicode */
export function charOf(value: number | bigint, words: string): string {
  if (value < 0 || value > 0x10ffff) throw new PyError('OverflowError', words)
  return String.fromCodePoint(Number(value))
}

function formatFloat(value: number, spec: FormatSpec, type: string): string {
  if (!'eEfFgG%n'.includes(spec.type)) throw unknownCode(spec.type, type)
  if (spec.type === 'n' && spec.grouping !== undefined) {
    throw new PyError('ValueError', `Cannot specify '${spec.grouping}' with 'n'.`)
  }
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
  const lead = (negative ? '-' : spec.sign === '-' ? '' : spec.sign) + prefix
  const inner = spec.align === '=' && spec.fill === '0' ? spec.width - lead.length - rest.length : 0
  const grouped = spec.grouping === undefined ? whole : group(whole, spec.grouping, groupSize, inner)
  if (spec.align === '=') {
    const missing = Math.max(0, spec.width - lead.length - grouped.length - rest.length)
    return lead + spec.fill.repeat(missing) + grouped + rest
  }
  return pad(lead + grouped + rest, spec.width, spec.align ?? '>', spec.fill)
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

function pad(text: string, width: number, align: '<' | '>' | '=' | '^', fill: string): string {
  const space = Math.max(0, width - codePointLength(text))
  const left = align === '<' ? 0 : align === '^' ? space >> 1 : space
  return fill.repeat(left) + text + fill.repeat(space - left)
}

function unknownCode(code: string, type: string): PyError {
  return new PyError('ValueError', `Unknown format code '${code}' for object of type '${type}'`)
}
