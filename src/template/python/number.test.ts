import fc from 'fast-check'
import { nastyText, pyFloats, pyNumber, pyValue } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import { parseFloatText, parseInteger, pyRound, toFloat, toInt } from './number.ts'
import { pyFloat } from './value.ts'

const numeral = fc
  .array(
    fc.constantFrom(...'0011279_+-.eExXoObBafzZ ٣𝟗\u00a0\u001c', 'inf', 'nan', 'Infinity', '0x', '0b', '1_0'),
    {
      maxLength: 7,
    },
  )
  .map(parts => parts.join(''))
const text = fc.oneof({ weight: 4, arbitrary: numeral }, nastyText)
const base = fc.constantFrom(10, 10, 0, 2, 8, 16, 36, 1, 37)

agreesWithPython('int() reads a string as in Python', () =>
  cases(fc.tuple(text, base), 8000).map(([value, base]) => ({
    fn: 'int',
    args: [value, base],
    ours: () => parseInteger(value, base),
  })),
)

agreesWithPython('float() reads a string as in Python', () =>
  cases(text, 8000).map(value => ({
    fn: 'float',
    args: [value],
    ours: () => pyFloat(parseFloatText(value)),
  })),
)

const LONG = ['9'.repeat(4300), '9'.repeat(4301), `-${'9'.repeat(4301)}`, '1e400', '9'.repeat(400)]

agreesWithPython('the int and float filters convert as in Jinja2', () =>
  [
    ...cases(fc.tuple(fc.oneof(text, pyValue), base), 4000),
    ...LONG.map(value => [value, 10] as const),
    [`0x${'f'.repeat(3000)}`, 16] as const,
    ['v'.repeat(2000), 32] as const,
  ].flatMap(([value, base]) => [
    { fn: 'filter', args: ['int', value, [-7, base], {}], ours: () => toInt(value, -7, base) },
    { fn: 'filter', args: ['float', value, [0.5], {}], ours: () => toFloat(value, 0.5) },
  ]),
)

agreesWithPython('the round filter rounds as in Jinja2', () =>
  cases(
    fc.tuple(
      fc.oneof(pyNumber, pyFloats),
      fc.integer({ min: -4, max: 20 }),
      fc.constantFrom('common', 'ceil', 'floor'),
    ),
    8000,
  ).map(([value, digits, method]) => ({
    fn: 'filter',
    args: ['round', value, [digits, method], {}],
    ours: () => pyRound(value, digits, method as 'common'),
  })),
)
