// Writes src/tokenizer/unicode/crate-classes.ts: classes of characters that the `tokenizers` crate takes from several libraries, each
// with a Unicode of its own, so that none of them can be had from the general categories of another.
//   node scripts/tokenizer-crate-classes.mjs
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Tokenizer } from 'tokenizers'

const { version } = createRequire(import.meta.url)('tokenizers/package.json')

function native(steps) {
  const empty = { version: '1.0', added_tokens: [], model: { type: 'BPE', vocab: {}, merges: [] } }
  return Tokenizer.fromString(JSON.stringify({ ...empty, ...steps }))
}

function* codePoints() {
  for (let code = 0; code < 0x110000; code++) if (code < 0xd800 || code > 0xdfff) yield code
}

const filter = test => [...codePoints()].filter(code => test(String.fromCodePoint(code)))

function piecesOf(preTokenizer) {
  const step = native({ pre_tokenizer: preTokenizer }).getPreTokenizer()
  return text => step.preTokenizeString(text).map(([piece]) => piece)
}

function normalizedBy(normalizer) {
  const step = native({ normalizer }).getNormalizer()
  return text => step.normalizeString(text)
}

const split = piecesOf({ type: 'Split', pattern: { Regex: '\\w' }, behavior: 'Isolated', invert: false })
const words = piecesOf({ type: 'Whitespace' })
const punctuation = piecesOf({ type: 'Punctuation', behavior: 'Isolated' })
const bert = { type: 'BertNormalizer', clean_text: false, handle_chinese_chars: false, lowercase: false }
const stripNonspacing = normalizedBy({ ...bert, strip_accents: true })
const clean = normalizedBy({ ...bert, clean_text: true, strip_accents: false })
const stripMarks = normalizedBy({ type: 'StripAccents' })
const nfd = normalizedBy({ type: 'NFD' })
const nfkd = normalizedBy({ type: 'NFKD' })

/** A mark's place among others: U+0345 has the highest combining class of all, so that any other mark moves before it. */
const isSortedAsHere = char =>
  nfd(`a\u0345${char}`) === `a\u0345${char}`.normalize('NFD') &&
  nfd(`a${char}\u0334`) === `a${char}\u0334`.normalize('NFD')

const classes = [
  [
    'WORD',
    'What `\\w` matches in the regular expressions of a tokenizer.json.',
    filter(c => split(`--${c}--`).length === 3),
  ],
  [
    'ADDED_TOKEN_WORD',
    'What is part of a word for the Whitespace pre-tokenizer, and beside an added token that is a `single_word`.',
    filter(c => words(`a${c}a`).length === 1),
  ],
  [
    'PUNCTUATION',
    'What the Punctuation and BERT pre-tokenizers split off, beyond ASCII.',
    filter(c => c > '\x7f' && punctuation(`a${c}a`).length === 3),
  ],
  [
    'NONSPACING_MARK',
    'What the BERT normalizer takes for an accent.',
    filter(c => nfd(c) === c && stripNonspacing(`a${c}`) === 'a'),
  ],
  ['COMBINING_MARK', 'What the StripAccents normalizer removes.', filter(c => stripMarks(`a${c}`) === 'a')],
  ['OTHER', 'What the BERT normalizer removes as a control character.', filter(c => clean(`a${c}`) === 'a')],
  [
    'NEWER_THAN_NORMALIZATION',
    'Characters that the crate normalizes to themselves, or leaves in place among marks, because its tables are of Unicode 9.',
    filter(c => nfkd(c) !== c.normalize('NFKD') || nfd(c) !== c.normalize('NFD') || !isSortedAsHere(c)),
  ],
]

/** Ranges as gaps and lengths in base 36. */
function encode(codes) {
  const ranges = []
  for (const code of codes) {
    if (ranges.length > 0 && ranges.at(-1)[1] === code) ranges.at(-1)[1]++
    else ranges.push([code, code + 1])
  }
  let before = 0
  return ranges
    .map(([first, end]) => {
      const pair = `${(first - before).toString(36)} ${(end - first).toString(36)}`
      before = end
      return pair
    })
    .join(' ')
}

const constants = classes.map(([name, comment, codes]) => {
  const lines = encode(codes).match(/.{1,100}/g) ?? ['']
  return `/** ${comment} */\nexport const ${name}: string =\n${lines.map(line => `  '${line}'`).join(' +\n')}\n`
})
writeFileSync(
  'src/tokenizer/unicode/crate-classes.ts',
  `// Written by scripts/tokenizer-crate-classes.mjs from the npm package tokenizers ${version}. Don't edit.
// Each is a list of ranges of code points: the gap to the range before and the length, in base 36.

${constants.join('\n')}`,
)
execFileSync('npx', ['biome', 'check', '--write', 'src/tokenizer/unicode/crate-classes.ts'])
