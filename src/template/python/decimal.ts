// Doubles written in decimal, exactly: JavaScript rounds halves up and stops at 100 digits, Python rounds them to even and does not stop.

/** A finite double's absolute value as mantissa * 2 ** exponent. */
export function toBinary(value: number): { mantissa: bigint; exponent: number } {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, Math.abs(value))
  const word = bits.getBigUint64(0)
  const biased = Number(word >> 52n)
  const fraction = word & 0xfffffffffffffn
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 }
}

/** |value| * 10 ** digits, rounded to an integer, halves to even. `digits` may be negative. */
export function scaleAndRound(value: number, digits: number): bigint {
  const { mantissa, exponent } = toBinary(value)
  const numerator = mantissa * 10n ** BigInt(Math.max(digits, 0)) * 2n ** BigInt(Math.max(exponent, 0))
  const denominator = 10n ** BigInt(Math.max(-digits, 0)) * 2n ** BigInt(Math.max(-exponent, 0))
  return divideHalfEven(numerator, denominator)
}

/** numerator / denominator, neither negative, rounded to an integer, halves to even. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator
  const twice = (numerator - quotient * denominator) * 2n
  const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n)
  return up ? quotient + 1n : quotient
}

/** No double has more digits than this after the point, or in all; what is asked beyond are zeros. */
const MAX_DIGITS = 1100

/** |value| with `digits` digits after the point: `2.50`. */
export function toFixedDigits(value: number, digits: number): string {
  if (digits > MAX_DIGITS) return toFixedDigits(value, MAX_DIGITS) + '0'.repeat(digits - MAX_DIGITS)
  const text = scaleAndRound(value, digits)
    .toString()
    .padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** |value| rounded to `digits` significant digits: those digits, and the power of ten of the first. Zero has exponent 0. */
export function toSignificantDigits(value: number, digits: number): { digits: string; exponent: number } {
  if (value === 0) return { digits: '0'.repeat(digits), exponent: 0 }
  if (digits > MAX_DIGITS) {
    const most = toSignificantDigits(value, MAX_DIGITS)
    return { ...most, digits: most.digits.padEnd(digits, '0') }
  }
  let exponent = Number.parseInt(Math.abs(value).toExponential(16).split('e')[1]!, 10)
  let text = scaleAndRound(value, digits - 1 - exponent).toString()
  if (text.length > digits) {
    // Rounding carried into a new digit (9.99 → 10.0), or the estimate of the exponent had been rounded up.
    exponent += 1
    text = scaleAndRound(value, digits - 1 - exponent).toString()
  } else if (text.length < digits) {
    exponent -= 1
    text = scaleAndRound(value, digits - 1 - exponent).toString()
  }
  return { digits: text, exponent }
}

/** The shortest digits that read back as |value|, and the power of ten of the first. */
export function toShortestDigits(value: number): { digits: string; exponent: number } {
  const [digits, exponent] = Math.abs(value).toExponential().split('e')
  return { digits: digits!.replace('.', ''), exponent: Number.parseInt(exponent!, 10) }
}
