import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nastyPart, nastyText } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import { strFormat, strFormatPieces } from './str-format.ts'
import type { PyValue } from './value.ts'

const name = fc.constantFrom(
  '',
  '',
  '',
  '0',
  '1',
  '9',
  'a',
  'b',
  'd[k]',
  'd[7]',
  'd[x:y]',
  'l[0]',
  'l[5]',
  'l[-1]',
  'ü',
  'd[',
  '[0]',
)
const conversion = fc.constantFrom('', '', '', '!r', '!s', '!a', '!x', '!', '!rr')
const spec = fc.constantFrom(
  '',
  '',
  '',
  ':',
  ':>5',
  ':{0}',
  ':{}',
  ':<{a}',
  ':{{}}',
  ':.2',
  ':d',
  ':}<4',
  ':!r',
)
const field = fc.tuple(name, conversion, spec).map(parts => `{${parts.join('')}}`)
const template = fc
  .array(fc.oneof({ weight: 3, arbitrary: field }, nastyPart, fc.constantFrom('{{', '}}', '{', '}')), {
    maxLength: 4,
  })
  .map(parts => parts.join(''))
const positional = fc.array(
  fc.oneof(nastyText, fc.constantFrom(1.5, -0.25, null), fc.integer({ min: 0, max: 9 })),
  { maxLength: 3 },
)
const named: fc.Arbitrary<ReadonlyMap<string, PyValue>> = fc
  .tuple(nastyText, fc.constantFrom<PyValue>(3, 1e-7, true))
  .map(([b, a]) => {
    const dict = new Map<PyValue, PyValue>([
      ['k', 'value'],
      ['x:y', [1]],
      [7, null],
    ])
    return new Map<string, PyValue>([
      ['a', a],
      ['b', b],
      ['d', dict],
      ['l', ['first', 2]],
    ])
  })

agreesWithPython('str.format formats as in Python', () =>
  cases(fc.tuple(template, positional, named), 20_000).map(([template, positional, named]) => ({
    fn: 'str.format',
    args: [template, positional, named],
    ours: () => strFormat(template, { positional, named }),
  })),
)

test('a formatted string tells which characters are an argument’s own', () => {
  assert.deepEqual(strFormatPieces('{{{}{x:>3}', { positional: ['hi'], named: new Map([['x', 'y']]) }), [
    { kind: 'template', span: [0, 1] },
    { kind: 'argument', argument: 0, span: [0, 2], text: 'hi' },
    { kind: 'made', argument: 'x', text: '  ' },
    { kind: 'argument', argument: 'x', span: [0, 1], text: 'y' },
  ])
})

test('attributes are items, and nothing of JavaScript shows', () => {
  const args = { positional: [{ role: 'user' }, 'text'], named: new Map() }
  assert.equal(strFormat('{0.role}', args), 'user')
  for (const path of ['0.constructor', '0.__proto__', '0[__proto__]', '1.length', '1.constructor']) {
    assert.throws(() => strFormat(`{${path}}`, args), { name: 'PyError' })
  }
})
