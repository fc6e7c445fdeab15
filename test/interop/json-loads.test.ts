import fc from 'fast-check'
import { LosslineError } from '../../src/error.ts'
import { type Json, parseJson } from '../../src/json/index.ts'
import { PyError, toJson } from '../../src/template/python/index.ts'
import { nastyText, pyFloats, pyInts } from './nasty.ts'
import { agreesWithPython, cases } from './python-oracle.ts'

const key = fc.oneof(
  nastyText,
  fc.constantFrom('', ...'a b __proto__ constructor 1 0 10 4294967294 4294967295 01 -1 1.5'.split(' ')),
)
const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { weight: 3, arbitrary: fc.oneof(nastyText, pyInts, pyFloats, fc.boolean(), fc.constant(null)) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    {
      weight: 2,
      arbitrary: fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map(pairs => new Map(pairs)),
    },
  ),
})).value

/** Spells some of a text's characters as escapes, and strews white space between tokens. */
const spelled: fc.Arbitrary<string> = fc
  .tuple(json, fc.boolean(), fc.constantFrom(undefined, 0, 2, '\t \r'))
  .map(([value, ensureAscii, indent]) => toJson(value, { ensureAscii, indent }))

/** Texts that are nearly JSON, or JSON of an odd kind. */
const token = fc.constantFrom(
  ...String.raw`{ } [ ] , : "a" "1" "\u0031" "\u00e9" "\ud83d\ude00" "\ud83d" "\x" " \ 'a' /**/`.split(' '),
  ...'1 -1 01 1. 1.0 .5 1e5 1E+2 -0 -0.0 1e400 - +1 123456789012345678 9007199254740993 0.1 1.5 1.50 00 1e-400'.split(
    ' ',
  ),
  ...'12345678901234567.5 1.0000000000000000001 null true false NaN Infinity -Infinity nul undefined'.split(
    ' ',
  ),
  ...'"__proto__" {"a":1,"2":2} {"2":1}'.split(' '),
  ...[' ', '\n', '\t', '"\t"', '\ufeff', '\u00a0', '\v'],
)
const jumble = fc.array(token, { maxLength: 7 }).map(tokens => tokens.join(''))
const damaged = fc.tuple(spelled, fc.nat(), fc.nat(3), token).map(([text, at, drop, token]) => {
  const place = at % (text.length + 1)
  return text.slice(0, place) + token + text.slice(place + drop)
})

const NUMBERS = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.constant('0'), fc.bigInt({ min: 1n, max: 10n ** 20n }).map(String)),
    fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,20}$/), fc.stringMatching(/^\.0{1,4}$/)),
    fc.oneof(fc.constant(''), fc.stringMatching(/^[eE][+-]?\d{1,3}$/)),
  )
  .map(parts => `[${parts.join('')}]`)

/** Python's answer for a syntax error is an error, whatever its words. */
function loads(text: string): Json {
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof LosslineError && error.code === 'json/syntax')
      throw new PyError('JSONDecodeError' as 'ValueError', error.message)
    throw error
  }
}

for (const [what, texts, count] of [
  ['JSON', spelled, 6000],
  [
    'what is nearly JSON',
    fc.oneof(
      jumble,
      jumble.map(text => `[${text}]`),
      damaged,
    ),
    30_000,
  ],
  ['numbers', NUMBERS, 20_000],
] as const) {
  agreesWithPython(`${what} is read, or refused, as by json.loads`, () =>
    cases(texts as fc.Arbitrary<string>, count).map(text => ({
      fn: 'json.loads',
      args: [text],
      ours: () => loads(text),
    })),
  )
}
