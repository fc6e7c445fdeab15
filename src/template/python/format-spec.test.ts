import fc from 'fast-check'
import { nastyText, pyFloats, pyNumber, pyValue } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import { pyFormat } from './format-spec.ts'

const spec = fc
  .tuple(
    fc.constantFrom('', '', '<', '>', '^', '=', '*^', '😀<', '0=', '{>'),
    fc.constantFrom('', '', '+', '-', ' '),
    fc.constantFrom('', '', '', 'z'),
    fc.constantFrom('', '', '#'),
    fc.constantFrom('', '', '0'),
    fc.constantFrom('', '1', '6', '17'),
    fc.constantFrom('', '', ',', '_'),
    fc.constantFrom('', '', '.0', '.1', '.3', '.17', '.'),
    fc.constantFrom('', '', ...'bcdoxXneEfFgG%sy'),
  )
  .map(parts => parts.join(''))

agreesWithPython('format() writes numbers as in Python', () =>
  cases(fc.tuple(fc.oneof(pyNumber, pyFloats), spec), 20_000).map(([value, spec]) => ({
    fn: 'format',
    args: [value, spec],
    ours: () => pyFormat(value, spec),
    words: true,
  })),
)

agreesWithPython('format() writes texts, and refuses other values, as in Python', () =>
  cases(fc.tuple(fc.oneof(nastyText, pyValue), spec), 4000).map(([value, spec]) => ({
    fn: 'format',
    args: [value, spec],
    ours: () => pyFormat(value, spec),
  })),
)
