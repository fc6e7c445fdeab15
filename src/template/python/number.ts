import type { JsonFloat } from '../../json/index.ts'
import { pow, pyMultiply, trueDiv } from './arithmetic.ts'
import { decimalValue, isSpace } from './char-sets.ts'
import { divideHalfEven, scaleAndRound, toShortestDigits } from './decimal.ts'
import { PyError } from './py-error.ts'
import { intToFloat, type PyValue, pyFloat, pyInt, toNumeric } from './value.ts'

/** Python's `repr` of a float: `1.0`, `1e+16`, `1e-05`, `inf`, `nan`. */
export function pyFloatRepr(value: number): string {
  const size = Math.abs(value)
  // Where both languages write the digits without an exponent, they write the same ones.
  if (size >= 1e-4 && size < 1e16) return Number.isInteger(value) ? `${value}.0` : String(value)
  if (Number.isNaN(value)) return 'nan'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (!Number.isFinite(value)) return `${sign}inf`
  const { digits, exponent } = toShortestDigits(value)
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    return `${sign}${digits.charAt(0)}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`
}

/** Python's `str` of an int. @throws PyError `ValueError` beyond 4300 digits */
export function pyIntRepr(value: number | bigint): string {
  // A whole double of 1e21 or more would print with an exponent; and there is no negative zero among ints.
  if (typeof value === 'bigint') return bigIntRepr(value)
  return Math.abs(value) < 1e21 ? String(value === 0 ? 0 : value) : BigInt(value).toString()
}

function bigIntRepr(value: bigint): string {
  const text = value.toString()
  if (text.length <= MAX_INT_DIGITS || text.replace('-', '').length <= MAX_INT_DIGITS) return text
  throw new PyError(
    'ValueError',
    `Exceeds the limit (${MAX_INT_DIGITS} digits) for integer string conversion`,
  )
}

/** The greatest number of digits that Python 3.11 converts between int and str. */
const MAX_INT_DIGITS = 4300

/**
 * `int(text, base)`: signs, surrounding white space, underscores, prefixes and digits of any script.
 *
 * @throws PyError `ValueError` for what is no integer in that base
 */
export function parseInteger(text: string, base = 10): number | bigint {
  const bad = () => new PyError('ValueError', `invalid literal for int() with base ${base}: '${text}'`)
  if (base !== 0 && (base < 2 || base > 36)) {
    throw new PyError('ValueError', 'int() base must be >= 2 and <= 36, or 0')
  }
  const match = /^([+-]?)(?:0([xXoObB])_?)?([0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)$/.exec(toAsciiDigits(text))
  const plain = /^([+-]?)()([0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)$/.exec(toAsciiDigits(text))
  const prefixBase = { x: 16, o: 8, b: 2 }[match?.[2]?.toLowerCase() ?? '']
  const usesPrefix = prefixBase !== undefined && (base === 0 || base === prefixBase)
  const parts = usesPrefix ? match : plain
  if (parts === null) throw bad()
  const digits = parts[3]!.replaceAll('_', '')
  const radix = usesPrefix ? prefixBase : base === 0 ? 10 : base
  // In base 0 a leading zero would look like C's octal: only zero itself may have it.
  if (base === 0 && !usesPrefix && /^0+[^0]/.test(digits)) throw bad()
  if (digits.length > MAX_INT_DIGITS && !Number.isInteger(Math.log2(radix))) {
    const words = `Exceeds the limit (${MAX_INT_DIGITS} digits) for integer string conversion: value has ${digits.length} digits`
    throw new PyError('ValueError', words)
  }
  const value = parseDigits(digits, radix)
  if (value === undefined) throw bad()
  return pyInt(parts[1] === '-' ? -value : value)
}

function parseDigits(digits: string, radix: number): bigint | undefined {
  const values = Array.from(digits, char => Number.parseInt(char, 36))
  if (values.some(value => value >= radix)) return undefined
  const bits = Math.log2(radix)
  if (Number.isInteger(bits)) {
    // These may be of any length, and digit by digit a megabyte would take minutes.
    return BigInt(`0b${values.map(value => value.toString(2).padStart(bits, '0')).join('')}`)
  }
  return values.reduce((sum, value) => sum * BigInt(radix) + BigInt(value), 0n)
}

/**
 * `float(text)`.
 *
 * @throws PyError `ValueError` for what is no number
 */
export function parseFloatText(text: string): number {
  const ascii = toAsciiDigits(text)
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(ascii)
  if (special !== null) {
    if (special[2]!.toLowerCase() === 'nan') return Number.NaN
    return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }
  const digits = '\\d+(?:_\\d+)*'
  const shape = new RegExp(`^[+-]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:[eE][+-]?${digits})?$`)
  if (!shape.test(ascii)) throw new PyError('ValueError', `could not convert string to float: '${text}'`)
  return Number(ascii.replaceAll('_', ''))
}

/**
 * What int() and float() read in a string: the decimal digits of every script as 0 to 9, without white space around it. C strips
 * that: of ASCII's it knows six, and U+001C is not among them; beyond ASCII all of Unicode's have become spaces.
 */
function toAsciiDigits(text: string): string {
  const ascii = text.replace(/[^\x00-\x7e]/gu, char => {
    const code = char.codePointAt(0)!
    return isSpace(code) ? ' ' : String(decimalValue(code) ?? '?')
  })
  return ascii.replace(/^[\t-\r ]+|[\t-\r ]+$/g, '')
}

/**
 * Jinja2's `int` filter: `fallback` for what is no number; "42.23" is 42.
 *
 * @throws PyError `OverflowError` for an infinite float, as Jinja2 lets it through
 */
export function toInt<F extends PyValue>(value: PyValue, fallback: F, base = 10): number | bigint | F {
  if (typeof value === 'string') {
    try {
      return parseInteger(value, base)
    } catch {
      try {
        return truncate(parseFloatText(value))
      } catch {
        return fallback
      }
    }
  }
  const numeric = toNumeric(value)
  if (numeric === undefined) return fallback
  if ('int' in numeric) return numeric.int
  return Number.isNaN(numeric.float) ? fallback : truncate(numeric.float)
}

/** Jinja2's `float` filter: `fallback` for what is no number. */
export function toFloat<F extends PyValue>(value: PyValue, fallback: F): number | JsonFloat | F {
  if (typeof value === 'string') {
    try {
      return pyFloat(parseFloatText(value))
    } catch {
      return fallback
    }
  }
  const numeric = toNumeric(value)
  if (numeric === undefined) return fallback
  return pyFloat('int' in numeric ? intToFloat(numeric.int) : numeric.float)
}

/**
 * `int(value)` of a float.
 *
 * @throws PyError `ValueError` for nan, `OverflowError` for infinity
 */
export function truncate(value: number): number | bigint {
  if (Number.isNaN(value)) throw new PyError('ValueError', 'cannot convert float NaN to integer')
  if (!Number.isFinite(value)) throw new PyError('OverflowError', 'cannot convert float infinity to integer')
  const whole = Math.trunc(value)
  return Number.isSafeInteger(whole) ? whole + 0 : BigInt(whole)
}

export type RoundMethod = 'common' | 'ceil' | 'floor'

/**
 * Jinja2's `round` filter: 'common' is Python's `round(value, digits)`, halves of the exact value to even, ints staying ints; the
 * others give floats.
 *
 * @throws PyError `TypeError` for what is no number
 */
export function pyRound(value: PyValue, digits = 0, method: RoundMethod = 'common'): PyValue {
  const numeric = toNumeric(value)
  if (numeric === undefined) throw new PyError('TypeError', 'must be real number')
  if (method !== 'common') return roundTowards(value, digits, method)
  if ('int' in numeric) return roundInt(numeric.int, digits)
  const float = numeric.float
  if (!Number.isFinite(float) || float === 0 || digits > 323) return pyFloat(float)
  const rounded = Number(`${scaleAndRound(float, digits)}e${-digits}`)
  if (!Number.isFinite(rounded)) throw new PyError('OverflowError', 'rounded value too large to represent')
  return pyFloat(float < 0 ? -rounded : rounded)
}

function roundInt(value: number | bigint, digits: number): number | bigint {
  if (digits >= 0) return value
  const big = BigInt(value)
  const unit = 10n ** BigInt(-digits)
  const rounded = divideHalfEven(big < 0n ? -big : big, unit) * unit
  return pyInt(big < 0n ? -rounded : rounded)
}

/** As Jinja2 computes it: `func(value * 10 ** digits) / 10 ** digits`. */
function roundTowards(value: PyValue, digits: number, method: 'ceil' | 'floor'): PyValue {
  const power = pow(10, digits)
  const scaled = toNumeric(pyMultiply(value, power))!
  if ('int' in scaled) return trueDiv(scaled.int, power)
  return trueDiv(truncate(method === 'ceil' ? Math.ceil(scaled.float) : Math.floor(scaled.float)), power)
}
