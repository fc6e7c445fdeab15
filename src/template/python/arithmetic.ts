// Python's operators on numbers. Ints never overflow, floats stay floats, bools count as ints.
import { divideHalfEven, toBinary } from './decimal.ts'
import { PyError } from './py-error.ts'
import { intToFloat, type PyValue, pyFloat, pyInt, pyType, toNumeric } from './value.ts'

type Int = number | bigint
type Operator = {
  readonly sign: string
  readonly int: (a: Int, b: Int) => PyValue
  readonly float: (a: number, b: number) => number
}

/** `a + b` of numbers. @throws PyError `TypeError` for what is no number */
export function pyAdd(a: PyValue, b: PyValue): PyValue {
  return apply(ADD, a, b)
}

/** `a - b`. @throws PyError `TypeError` for what is no number */
export function pySubtract(a: PyValue, b: PyValue): PyValue {
  return apply(SUBTRACT, a, b)
}

/** `a * b` of numbers. @throws PyError `TypeError` for what is no number */
export function pyMultiply(a: PyValue, b: PyValue): PyValue {
  return apply(MULTIPLY, a, b)
}

/** `a / b`: always a float. @throws PyError `ZeroDivisionError`, or `TypeError` for what is no number */
export function trueDiv(a: PyValue, b: PyValue): PyValue {
  return apply(TRUE_DIV, a, b)
}

/** `a // b`: rounds down. @throws PyError `ZeroDivisionError`, or `TypeError` for what is no number */
export function floorDiv(a: PyValue, b: PyValue): PyValue {
  return apply(FLOOR_DIV, a, b)
}

/** `a % b` of numbers: has the sign of b. @throws PyError `ZeroDivisionError`, or `TypeError` for what is no number */
export function mod(a: PyValue, b: PyValue): PyValue {
  return apply(MOD, a, b)
}

/** `a ** b`. @throws PyError `ZeroDivisionError` for 0 ** -1, `OverflowError`, or `TypeError` for what is no number */
export function pow(a: PyValue, b: PyValue): PyValue {
  return apply(POW, a, b)
}

/** `-a`. @throws PyError `TypeError` for what is no number */
export function pyNegate(a: PyValue): PyValue {
  const numeric = toNumeric(a)
  if (numeric === undefined) throw new PyError('TypeError', `bad operand type for unary -: '${pyType(a)}'`)
  return 'int' in numeric ? pySubtract(0, a) : pyFloat(-numeric.float)
}

/** `+a`. @throws PyError `TypeError` for what is no number */
export function pyPositive(a: PyValue): PyValue {
  const numeric = toNumeric(a)
  if (numeric === undefined) throw new PyError('TypeError', `bad operand type for unary +: '${pyType(a)}'`)
  return 'int' in numeric ? numeric.int : pyFloat(numeric.float)
}

/** `abs(a)`. @throws PyError `TypeError` for what is no number */
export function pyAbs(a: PyValue): PyValue {
  const numeric = toNumeric(a)
  if (numeric === undefined) throw new PyError('TypeError', `bad operand type for abs(): '${pyType(a)}'`)
  if ('int' in numeric) return numeric.int < 0 ? pyNegate(a) : numeric.int
  return pyFloat(Math.abs(numeric.float))
}

function apply(operator: Operator, a: PyValue, b: PyValue): PyValue {
  const x = toNumeric(a)
  const y = toNumeric(b)
  if (x === undefined || y === undefined) {
    const types = `'${pyType(a)}' and '${pyType(b)}'`
    throw new PyError('TypeError', `unsupported operand type(s) for ${operator.sign}: ${types}`)
  }
  if ('int' in x && 'int' in y) return operator.int(x.int, y.int)
  const left = 'int' in x ? intToFloat(x.int) : x.float
  const right = 'int' in y ? intToFloat(y.int) : y.float
  return pyFloat(operator.float(left, right))
}

/** The result in doubles where it is exact there, else in big integers. */
function exact(
  a: Int,
  b: Int,
  small: (a: number, b: number) => number,
  big: (a: bigint, b: bigint) => bigint,
): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const result = small(a, b)
    if (Number.isSafeInteger(result)) return result + 0
  }
  return pyInt(big(BigInt(a), BigInt(b)))
}

const ADD: Operator = {
  sign: '+',
  int: (a, b) =>
    exact(
      a,
      b,
      (x, y) => x + y,
      (x, y) => x + y,
    ),
  float: (a, b) => a + b,
}

const SUBTRACT: Operator = {
  sign: '-',
  int: (a, b) =>
    exact(
      a,
      b,
      (x, y) => x - y,
      (x, y) => x - y,
    ),
  float: (a, b) => a - b,
}

const MULTIPLY: Operator = {
  sign: '*',
  int: (a, b) =>
    exact(
      a,
      b,
      (x, y) => x * y,
      (x, y) => x * y,
    ),
  float: (a, b) => a * b,
}

const TRUE_DIV: Operator = {
  sign: '/',
  int: (a, b) => {
    refuseZero(b, 'division by zero')
    return pyFloat(divideInts(a, b))
  },
  float: (a, b) => {
    refuseZero(b, 'float division by zero')
    return a / b
  },
}

const FLOOR_DIV: Operator = {
  sign: '//',
  int: (a, b) => {
    refuseZero(b, 'integer division or modulo by zero')
    return pyInt(floorDivBig(BigInt(a), BigInt(b)))
  },
  float: (a, b) => {
    refuseZero(b, 'float floor division by zero')
    return floatDivMod(a, b).quotient
  },
}

const MOD: Operator = {
  sign: '%',
  int: (a, b) => {
    refuseZero(b, 'integer modulo by zero')
    const [x, y] = [BigInt(a), BigInt(b)]
    return pyInt(x - floorDivBig(x, y) * y)
  },
  float: (a, b) => {
    refuseZero(b, 'float modulo')
    return floatDivMod(a, b).remainder
  },
}

/** Beyond this many bits a power is not computed: a template from a stranger could ask for 9 ** 9 ** 9. */
const MAX_POWER_BITS = 1_000_000

const POW: Operator = {
  sign: '** or pow()',
  int: (a, b) => {
    if (b < 0) return pyFloat(floatPow(intToFloat(a), intToFloat(b)))
    const bits = 4 * BigInt(a).toString(16).length * Number(b)
    if (bits > MAX_POWER_BITS && a !== 1 && a !== 0 && a !== -1) {
      throw new PyError('OverflowError', `the power has more than ${MAX_POWER_BITS} bits`)
    }
    return pyInt(BigInt(a) ** BigInt(b))
  },
  float: floatPow,
}

function refuseZero(value: Int, words: string): void {
  if (Number(value) === 0) throw new PyError('ZeroDivisionError', words)
}

function floorDivBig(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return quotient * b !== a && a < 0n !== b < 0n ? quotient - 1n : quotient
}

/** a / b rounded once, to the nearest double, however great the two are. */
function divideInts(a: Int, b: Int): number {
  if (Number.isSafeInteger(Number(a)) && Number.isSafeInteger(Number(b))) return Number(a) / Number(b)
  const [x, y] = [BigInt(a), BigInt(b)]
  const size = divideBig(x < 0n ? -x : x, y < 0n ? -y : y)
  if (!Number.isFinite(size))
    throw new PyError('OverflowError', 'integer division result too large for a float')
  return x < 0n !== y < 0n ? -size : size
}

/** The double nearest to numerator / denominator, neither negative; infinite beyond the doubles. */
function divideBig(numerator: bigint, denominator: bigint): number {
  // Some 66 bits of quotient and a sticky one below are more than a double needs to round right.
  const hexDigits = (value: bigint) => value.toString(16).length
  const shift = 68 + 4 * (hexDigits(denominator) - hexDigits(numerator))
  const scaled = shift >= 0 ? numerator << BigInt(shift) : numerator
  const divisor = shift >= 0 ? denominator : denominator << BigInt(-shift)
  const quotient = scaled / divisor
  const sticky = quotient * divisor === scaled ? 0n : 1n
  return roundToDouble((quotient << 1n) | sticky, -shift - 1)
}

/** The double nearest to value * 2 ** power. */
function roundToDouble(value: bigint, power: number): number {
  const lost = -1074 - power
  if (lost > 0 && value.toString(2).length - lost < 53) {
    // A subnormal has fewer bits than Number() would round to.
    return Number(divideHalfEven(value, 1n << BigInt(lost))) * 2 ** -1074
  }
  // In two steps: 2 ** power may lie outside the doubles where the product does not.
  const half = Math.trunc(power / 2)
  return Number(value) * 2 ** half * 2 ** (power - half)
}

/** CPython's float_divmod: the quotient is made from the remainder, not the other way round. */
function floatDivMod(a: number, b: number): { quotient: number; remainder: number } {
  let remainder = a % b
  let quotient = (a - remainder) / b
  if (remainder !== 0) {
    if (b < 0 !== remainder < 0) {
      remainder += b
      quotient -= 1
    }
  } else {
    remainder = b < 0 ? -0 : 0
  }
  if (quotient === 0) return { quotient: a / b < 0 || Object.is(a / b, -0) ? -0 : 0, remainder }
  const floor = Math.floor(quotient)
  return { quotient: quotient - floor > 0.5 ? floor + 1 : floor, remainder }
}

function floatPow(a: number, b: number): number {
  if (a === 0 && b < 0) throw new PyError('ZeroDivisionError', '0.0 cannot be raised to a negative power')
  if (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY)) return 1
  if (a < 0 && Number.isFinite(a) && Number.isFinite(b) && !Number.isInteger(b)) {
    throw new PyError(
      'ValueError',
      'a negative number to a fractional power is complex, which templates do not have',
    )
  }
  const power = exactPow(a, b) ?? a ** b
  if (!Number.isFinite(power) && Number.isFinite(a) && Number.isFinite(b)) {
    throw new PyError('OverflowError', "(34, 'Numerical result out of range')")
  }
  return power
}

/** Up to here a power is computed exactly and rounded once, as glibc in effect does; JavaScript's may be off in the last bit. */
const MAX_EXACT_POWER = 1024

function exactPow(a: number, b: number): number | undefined {
  if (b === 0.5 && a >= 0) return Math.sqrt(a) + 0
  const usable = Number.isInteger(b) && Math.abs(b) <= MAX_EXACT_POWER && Number.isFinite(a) && a !== 0
  if (!usable) return undefined
  const { mantissa, exponent } = toBinary(a)
  const times = BigInt(Math.abs(b))
  const power = mantissa ** times
  const shift = BigInt(exponent) * times
  const [above, below] = shift >= 0n ? [power << shift, 1n] : [power, 1n << -shift]
  const size = b < 0 ? divideBig(below, above) : divideBig(above, below)
  return a < 0 && b % 2 !== 0 ? -size : size
}
