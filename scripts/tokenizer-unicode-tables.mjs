// Writes src/tokenizer/unicode/categories.ts: the general category of every code point, as the `tokenizers` package sees it.
// Its regular expressions know another version of Unicode than Node's, and a letter to one must be a letter to the other.
//   node scripts/tokenizer-unicode-tables.mjs
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Tokenizer } from 'tokenizers'

const { version } = createRequire(import.meta.url)('tokenizers/package.json')
// Surrogates (Cs) never reach it: lone ones become U+FFFD.
const NAMES =
  'Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn'.split(' ')
const CODES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ$_-~'

/**
 * The code points that a pre-tokenizer makes pieces of their own. They are asked with two of a `bar`, which it doesn't split, before
 * and behind each: a piece of one code point is then a match, never a gap.
 */
function probe(preTokenizer, bar) {
  const empty = { version: '1.0', added_tokens: [], model: { type: 'BPE', vocab: {}, merges: [] } }
  const native = Tokenizer.fromString(
    JSON.stringify({ ...empty, pre_tokenizer: preTokenizer }),
  ).getPreTokenizer()
  const found = new Set()
  for (let first = 0; first < 0x110000; first += 0x1000) {
    for (let code = first; code < first + 0x1000; code++) {
      if (code % 64 !== 0 || (code >= 0xd800 && code <= 0xdfff)) continue
      const chars = Array.from({ length: 64 }, (_, i) => String.fromCodePoint(code + i))
      for (const [piece] of native.preTokenizeString(bar + bar + chars.join(bar + bar) + bar + bar))
        if ([...piece].length === 1) found.add(piece.codePointAt(0))
    }
  }
  return found
}

const matches = (regex, bar) =>
  probe({ type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false }, bar)

const category = new Uint8Array(0x110000).fill(NAMES.indexOf('Cs'))
NAMES.forEach((name, index) => {
  if (name !== 'Cs')
    for (const code of matches(`\\p{${name}}`, name === 'Sm' ? 'a' : '|')) category[code] = index
})

let runs = ''
for (let first = 0, code = 1; code <= 0x110000; code++) {
  if (category[code] === category[first]) continue
  runs += (code - first).toString(36) + CODES[category[first]]
  first = code
}
const space = [...matches('\\s', '|')]
const numeric = probe({ type: 'Digits', individual_digits: true }, '|')
const extraDigits = [...numeric].filter(code => !NAMES[category[code]].startsWith('N'))
const lines = runs.match(/.{1,120}/g).map(line => `  '${line}'`)
const list = codes => codes.map(code => `0x${code.toString(16)}`).join(', ')

writeFileSync(
  'src/tokenizer/unicode/categories.ts',
  `// Written by scripts/tokenizer-unicode-tables.mjs from the npm package tokenizers ${version}. Don't edit.

/** Names of the general categories, in the order of {@link CATEGORY_CODES}. */
export const CATEGORIES = '${NAMES.join(' ')}'

export const CATEGORY_CODES = '${CODES}'

/** Runs of code points of one category from U+0000 on: length in base 36, then the category's code. */
export const CATEGORY_RUNS: string =
${lines.join(' +\n')}

/** \`\\s\` of the package's regular expressions. */
export const WHITE_SPACE: readonly number[] = [${list(space)}]

/** What the Digits pre-tokenizer takes for a digit although it isn't in \`\\p{N}\`: it comes from a newer Unicode. */
export const EXTRA_DIGITS: readonly number[] = [${list(extraDigits)}]
`,
)
execFileSync('npx', ['biome', 'check', '--write', 'src/tokenizer/unicode/categories.ts'])
