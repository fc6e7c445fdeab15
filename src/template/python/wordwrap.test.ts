import fc from 'fast-check'
import { nastyText } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import { wordwrap } from './wordwrap.ts'

const piece = fc.constantFrom(
  ...[
    'foo',
    'wonderful',
    'well-known',
    '--',
    '-',
    ' ',
    '  ',
    '\n',
    '\t',
    '😀',
    'e-mail',
    'x-',
    '3-4',
    'a_b',
    "it's",
    '.',
    'ä-ö',
    'über-große',
    '\u2028',
  ],
)
const prose = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { maxLength: 20 }).map(parts => parts.join('')) },
  fc.array(nastyText, { maxLength: 3 }).map(parts => parts.join(' ')),
)

agreesWithPython('the wordwrap filter wraps as in Jinja2', () =>
  cases(
    fc.tuple(prose, fc.integer({ min: 0, max: 24 }), fc.boolean(), fc.constantFrom('\n', '|'), fc.boolean()),
    10_000,
  ).map(([text, width, breakLongWords, wrapString, breakOnHyphens]) => ({
    fn: 'filter',
    args: ['wordwrap', text, [width, breakLongWords, wrapString, breakOnHyphens], {}],
    ours: () => wordwrap(text, { width, breakLongWords, wrapString, breakOnHyphens }),
  })),
)
