import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nastyPart, nastyText, pyFloats, pyNumber, pyValue } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases, encode } from '../../../test/interop/python-oracle.ts'
import { formatPercent, percentPieces } from './percent.ts'
import { type PyValue, pyTuple } from './value.ts'

const conversion = fc
  .tuple(
    fc.constantFrom('', '', '', '(a)', '(ü)'),
    fc.constantFrom('', '', '-', '+', ' ', '#', '0', '-0', '+0', '#0', '# +'),
    fc.constantFrom('', '', '1', '7', '12', '*'),
    fc.constantFrom('', '', '.', '.0', '.1', '.3', '.12', '.*'),
    fc.constantFrom('', '', '', 'l'),
    fc.constantFrom(...'ssssddiuoxXeEfFgGcra%%y'),
  )
  .map(parts => `%${parts.join('')}`)
const template = fc
  .array(
    fc.oneof(
      conversion,
      nastyPart.filter(part => !part.includes('%')),
    ),
    { maxLength: 4 },
  )
  .map(parts => parts.join(''))
const args: fc.Arbitrary<PyValue> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.oneof(pyNumber, nastyText), { maxLength: 3 }).map(pyTuple) },
  fc.record({ a: pyValue, ü: pyNumber }, { noNullPrototype: true }) as fc.Arbitrary<PyValue>,
  pyValue,
)

/** A `*` that takes a number of ten digits would ask for ten gigabytes. */
function asksForAFewCharacters([template, args]: readonly [string, PyValue]): boolean {
  return !template.includes('*') || !/\d{6}/.test(JSON.stringify(encode(args)))
}

agreesWithPython('the % operator formats as in Python', () =>
  cases(fc.tuple(template, args).filter(asksForAFewCharacters), 10_000).map(([template, args]) => ({
    fn: '%',
    args: [template, args],
    ours: () => formatPercent(template, args),
    words: true,
  })),
)

agreesWithPython('every numeric conversion formats as in Python', () =>
  cases(
    fc.tuple(
      conversion.filter(text => !/[(*%]./.test(text.slice(1))),
      fc.oneof(pyNumber, pyFloats),
    ),
    10_000,
  ).map(([template, value]) => ({
    fn: '%',
    args: [template, pyTuple([value])],
    ours: () => formatPercent(template, pyTuple([value])),
    words: true,
  })),
)

test('a formatted string tells which characters are an argument’s own', () => {
  assert.deepEqual(percentPieces('<%s>%5.2s%d%%', pyTuple(['hi', 'abc', 7])), [
    { kind: 'template', span: [0, 1] },
    { kind: 'argument', argument: 0, span: [0, 2], text: 'hi' },
    { kind: 'template', span: [3, 4] },
    { kind: 'made', argument: 1, text: '   ' },
    { kind: 'argument', argument: 1, span: [0, 2], text: 'ab' },
    { kind: 'made', argument: 2, text: '7' },
    { kind: 'template', span: [11, 12] },
  ])
})
