// Values that tell Python and JavaScript apart.
import fc from 'fast-check'
import type { JsonFloat } from '../../src/json/index.ts'
import { type PyValue, pyFloat, pyTuple } from '../../src/template/python/index.ts'

/** White space of both languages, line boundaries, letters whose cases are uneven, marks, emoji, surrogates, quotes, entities. */
const PIECES = [
  ...'\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u180e\r\n\0\x7f\xad',
  ...'aAbBzZß\u1e9eŉİıIiΣσςſǅǆǄﬁﬃΐᾳᾼᾈԱևქაᲐꭰᏸ\u0345\u02b0ªⅷⅧⓐⓐ\u0130\u0307',
  ...'019٣߄²½Ⅷ一〇፩𝟗',
  ...'\'"\\_-.,:;!?{}[]()<>&#%$/+*~`|@^=',
  ...['😀', '👩‍👩‍👧', '🇩🇪', 'e\u0301', '𐐀', '𐐨', '𝒳', '\ud800', '\udfff', '\u{10ffff}', '\r\n'],
  ...['  ', ...`ab aa -- foo bar it's <b> </b> <!-- --> &amp; &#39; nbsp nan inf 0x1F`.split(' ')],
]

export const nastyText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map(parts => parts.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 12 }) },
)

/** A short text, often one that occurs in others. Not half a surrogate pair: JavaScript would find it within a character. */
export const nastyPart: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...PIECES.filter(piece => !/[\ud800-\udfff]/u.test(piece))), { maxLength: 2 })
  .map(parts => parts.join(''))

/** None, or an index that is as likely beyond a short text as within. */
export const maybeIndex: fc.Arbitrary<number | undefined> = fc.option(fc.integer({ min: -12, max: 12 }), {
  nil: undefined,
})

// biome-ignore format: a list
const SPECIAL_FLOATS = [
  0, -0, 1, -1, 0.1, 0.5, 1.5, 2.5, -2.5, 1e16, 1e15, 123456789012345680, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308, 1e22, 1e23,
  0.30000000000000004, 2.675, 1.005, 9.995, 99.5, 1e100, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY,
]

export const float: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(...SPECIAL_FLOATS),
  fc.double(),
  fc.integer({ min: -100_000, max: 100_000 }).map(n => n / 1000),
)
export const pyFloats: fc.Arbitrary<number | JsonFloat> = float.map(pyFloat)
export const pyInts: fc.Arbitrary<number | bigint> = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.maxSafeInteger().map(n => n + 0),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 200n }),
  fc.bigInt({ min: -(2n ** 200n), max: -(2n ** 53n) }),
)
export const pyNumber: fc.Arbitrary<PyValue> = fc.oneof(pyInts, pyFloats, fc.boolean())

const leaf: fc.Arbitrary<PyValue> = fc.oneof(fc.constant(null), pyNumber, nastyText)
const key: fc.Arbitrary<PyValue> = fc.oneof(
  nastyPart,
  fc.integer({ min: 2, max: 9 }),
  fc.constant(null),
  fc.constant(true),
)

/** Any value, nested; dicts with keys of other types are Maps. */
export const pyValue: fc.Arbitrary<PyValue> = fc.letrec<{ value: PyValue }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 3, arbitrary: leaf },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }).map(pyTuple) },
    {
      weight: 1,
      arbitrary: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map(pairs => new Map(pairs)),
    },
    {
      weight: 1,
      arbitrary: fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'ü', ''), tie('value'), {
        noNullPrototype: true,
      }),
    },
  ),
})).value
