import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Tokenizer as NativeTokenizer } from 'tokenizers'
import { createPattern } from '../pattern/index.ts'
import { translateRegex } from './translate.ts'
import { Untranslatable } from './untranslatable.ts'

/** From published tokenizers, and one of each thing that Oniguruma can say. */
const PATTERNS: readonly string[] = [
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
  "[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]+(?i:'s|'t)?|\\s+",
  '[^\\n]+|[\\n]+',
  '\\w+|[^\\w\\s]+',
  '\\b\\w',
  'a\\B',
  '^a|b$',
  '\\A.|.\\z',
  '(?m:a.b)',
  'a.b',
  '(?x: a  b # not this\n | \\  )',
  '(?i)ab|É',
  'a(?i)b|c',
  '(?i:a(?-i:b))',
  '(?<word>a)|(?:b)|(c)',
  '(?>a|ab)c',
  'a++b|a*+c|a?+a',
  'a{2}|b{2,}|c{,2}d|a{1,2}?b',
  'a{2}+',
  '(?<=a)b|(?<!a)c|a(?=b)|c(?!b)',
  '[[:alpha:]]+|[[:^space:][:digit:]]',
  '[[:punct:]]',
  '[a-c[x-z]]+|[^a-c&&\\w]',
  '[\\d\\-\\]]|[+-]',
  '\\h+|\\H',
  '\\x41|\\u0042|\\x{1F600}|\\t|\\n|\\e|\\0',
  '\\p{Lu}\\p{Lowercase_Letter}|\\P{L}|\\p{^N}|\\p{Greek}|\\p{Alpha}',
  '\\R',
  'a|',
  '',
  'x*',
  '(a|b)*c',
  '\\s+$',
]

const CHARS = [
  ...'abcdABCsStTklK 0129٣½.,!?\'"-_[]{}#$~\n\r\t\v\f\0\x1b\x85\xa0\u2028\ufeff\u200d',
  ...'éÉßſKλΛσς漢字かカ한ع\u0301\u0345ᾳⓐⅷ',
  ...['\r\n', "'s", "'S", "'ſ", "'ll", '😀', 'aab', 'ab\n'],
]

test('matches as Oniguruma does', () => {
  const texts = fc.array(fc.constantFrom(...CHARS), { maxLength: 16 }).map(parts => parts.join(''))
  for (const source of PATTERNS) {
    const native = splitNatively(source)
    const ours = splitHere(source)
    fc.assert(
      fc.property(texts, text =>
        assert.deepEqual(ours(text), native(text), `${source} on ${JSON.stringify(text)}`),
      ),
      { numRuns: 150 },
    )
  }
})

test('matches as Oniguruma does, whatever is put together', () => {
  const atom = fc.constantFrom(
    'a',
    'b',
    '\\p{L}',
    '\\s',
    '\\w',
    '[^ab]',
    '.',
    '[a-c]',
    '\\d',
    ' ',
    '\\n',
    "'",
    '(?i:k)',
    'é',
  )
  const quantified = fc.tuple(
    atom,
    fc.constantFrom('', '', '+', '*', '?', '+?', '*?', '++', '*+', '?+', '{1,2}', '{2}'),
  )
  const sequence = fc
    .array(
      quantified.map(parts => parts.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map(parts => parts.join(''))
  const wrapped = fc
    .tuple(
      fc.constantFrom('', '(?:', '(?>', '(?=', '(?!', '(?<=', '(?<!', '('),
      sequence,
      fc.constantFrom('', '?', '+'),
    )
    .map(([open, inside, count]) =>
      open === '' ? inside : /[=!]/.test(open) ? `${open}${inside})` : `${open}${inside})${count}`,
    )
  const pattern = fc
    .array(
      fc.array(wrapped, { minLength: 1, maxLength: 2 }).map(parts => parts.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map(alternatives => alternatives.join('|'))
  const texts = fc.array(
    fc.array(fc.constantFrom(...CHARS), { maxLength: 10 }).map(parts => parts.join('')),
    { maxLength: 6 },
  )
  let compared = 0
  fc.assert(
    fc.property(pattern, texts, (source, found) => {
      const [native, ours] = tryBoth(source)
      if (native === undefined || ours === undefined) return
      for (const text of found) {
        compared++
        assert.deepEqual(ours(text), native(text), `${source} on ${JSON.stringify(text)}`)
      }
    }),
    { numRuns: 2000 },
  )
  assert.ok(compared > 3000)
})

test('knows the properties of Oniguruma', () => {
  const names =
    'L Lu Mn Nd P Sc Z Han Hiragana Latin Cyrillic Alphabetic Uppercase White_Space Emoji Punct Alnum Word Space Graph Print'
  const classes = 'alpha alnum word digit upper lower punct cntrl graph print blank space xdigit ascii'
  const sources = [
    ...names.split(' ').map(name => `\\p{${name}}`),
    ...classes.split(' ').map(name => `[[:${name}:]]`),
  ]
  for (const source of [...sources, '\\w', '[\\w]', '\\W', '[^\\w]', '\\s', '\\d']) {
    const native = splitNatively(source)
    const ours = splitHere(source)
    for (let first = 0; first < 0x20000; first += first < 0x3000 ? 256 : 0x1700) {
      if (first >= 0xd800 && first <= 0xdfff) continue
      const text = Array.from({ length: 256 }, (_, i) => `ab${String.fromCodePoint(first + i)}ab|\n `).join(
        '',
      )
      assert.deepEqual(ours(text), native(text), `${source} from ${first.toString(16)}`)
    }
  }
})

test('leaves to the native package what JavaScript would match otherwise', () => {
  for (const source of [
    '(a)\\1',
    '\\Ga',
    '\\Kb',
    '(?i:ss)',
    '(?i:ß)',
    '(?~ab)',
    '(?(a)b)',
    '(?<=(?>a))b',
    '\\p{Nonsense}',
    '\\X',
    '(',
    '[]a]',
  ])
    assert.throws(() => translateRegex(source), Untranslatable, source)
})

function splitNatively(source: string): (text: string) => string[] {
  const step = { type: 'Split', pattern: { Regex: source }, behavior: 'Isolated', invert: false }
  const model = { type: 'BPE', vocab: {}, merges: [] }
  const json = { version: '1.0', added_tokens: [], pre_tokenizer: step, model }
  const preTokenizer = NativeTokenizer.fromString(JSON.stringify(json)).getPreTokenizer()
  return text => preTokenizer!.preTokenizeString(text).map(([piece]) => piece)
}

function splitHere(source: string): (text: string) => string[] {
  const pattern = createPattern({ kind: 'Regex', source })
  return text => pattern(text).flatMap(({ start, end }) => (start < end ? [text.slice(start, end)] : []))
}

type Split = (text: string) => string[]

function tryBoth(source: string): [Split | undefined, Split | undefined] {
  let native: Split | undefined
  try {
    native = splitNatively(source)
  } catch {
    return [undefined, undefined]
  }
  try {
    return [native, splitHere(source)]
  } catch (error) {
    if (error instanceof Untranslatable) return [native, undefined]
    throw error
  }
}
