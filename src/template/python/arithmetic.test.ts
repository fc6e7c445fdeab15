import fc from 'fast-check'
import { pyNumber } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import { JsonFloat } from '../../json/index.ts'
import * as arithmetic from './arithmetic.ts'
import { pyCompare } from './compare.ts'
import { pyFormat } from './format-spec.ts'
import { pyType } from './value.ts'

const OPERATORS = {
  '+': arithmetic.pyAdd,
  '-': arithmetic.pySubtract,
  '*': arithmetic.pyMultiply,
  '/': arithmetic.trueDiv,
  '//': arithmetic.floorDiv,
  '%': arithmetic.mod,
}

agreesWithPython('numbers are added, multiplied and divided as in Python', () =>
  cases(fc.tuple(pyNumber, pyNumber), 4000).flatMap(([a, b]) =>
    Object.entries(OPERATORS).map(([sign, operator]) => ({
      fn: sign,
      args: [a, b],
      ours: () => operator(a, b),
      words: true,
    })),
  ),
)

// Other fractional exponents are as exact as the engine's.
const exponent = fc.oneof(fc.integer({ min: -30, max: 30 }), fc.constantFrom(0.5, true, 0, new JsonFloat(3)))

// glibc's pow is nearly always the nearest double, and ours always: 15 digits are what both promise.
agreesWithPython('powers are Python’s', () =>
  cases(fc.tuple(pyNumber, exponent), 4000)
    // A complex number is no value of a template.
    .filter(([a, b]) => Number.isInteger(Number(b)) || pyCompare(a, 0) >= 0)
    .map(([a, b]) => ({
      fn: 'power',
      args: [a, b],
      ours: () => {
        const power = arithmetic.pow(a, b)
        return pyType(power) === 'float' ? pyFormat(power, '.15g') : power
      },
    })),
)

agreesWithPython('signs and absolute values are Python’s', () =>
  cases(pyNumber).flatMap(a => [
    { fn: 'neg', args: [a], ours: () => arithmetic.pyNegate(a) },
    { fn: 'pos', args: [a], ours: () => arithmetic.pyPositive(a) },
    { fn: 'abs', args: [a], ours: () => arithmetic.pyAbs(a) },
  ]),
)
