import { BYTE_TO_CHAR } from '../byte-alphabet.ts'
import type { BpeSpec } from '../spec.ts'
import { fallbackToken } from '../symbols.ts'

const SENTENCES = [
  "The cats' tails aren't in 1234 knots;  they've all been counted, we'd say (twice).\n\n",
  'HTTPServer said: "你好，世界！" — それは カタカナ です。 naïve café, déjà vu...\r\n\t\tif (x <= 10) { return ▁x; }\n',
  '    \n  \n 🙂🙂 👩‍👩‍👧 हिन्दी नमस्ते 3.14159 ١٢٣ Ⅷ ½ ǅ ʰ ª ſ  //path/to//file\n/x',
  '<s>▁the▁▁the</s> the  the   the\n\n\nthe\tthe\u00a0the\u3000the',
]

/** A small model, trained on four sentences: pairs that occur most often are merged first. */
export function trainTinyModel(byteLevel: boolean, settings: Partial<BpeSpec> = {}): BpeSpec {
  const vocab = new Map<string, number>([['<unk>', 0]])
  const add = (token: string) => {
    if (!vocab.has(token)) vocab.set(token, vocab.size)
    return token
  }
  for (let byte = 0; byte < 256; byte++)
    add(byteLevel ? String.fromCharCode(BYTE_TO_CHAR[byte]!) : fallbackToken(byte))
  const stretches = SENTENCES.flatMap(text => text.match(/ ?\S+|\s+/g)!).map(word =>
    symbolsOf(word, byteLevel),
  )
  // A few characters are left to their bytes.
  if (!byteLevel) for (const stretch of stretches) stretch.filter(char => !'世ÿ½'.includes(char)).forEach(add)
  const merges: [string, string][] = []
  for (let round = 0; round < 160; round++) {
    const pair = commonestPair(stretches, vocab)
    if (pair === undefined) break
    merges.push(pair)
    add(pair[0] + pair[1])
    for (const stretch of stretches) join(stretch, pair)
  }
  return {
    vocab,
    merges,
    unkToken: byteLevel ? undefined : '<unk>',
    byteFallback: !byteLevel,
    fuseUnk: !byteLevel,
    ignoreMerges: false,
    continuingSubwordPrefix: undefined,
    endOfWordSuffix: undefined,
    byteLevel,
    ...settings,
  }
}

function symbolsOf(word: string, byteLevel: boolean): string[] {
  if (!byteLevel) return [...word.replaceAll(' ', '▁')]
  return [...new TextEncoder().encode(word)].map(byte => String.fromCharCode(BYTE_TO_CHAR[byte]!))
}

function commonestPair(
  stretches: readonly string[][],
  vocab: ReadonlyMap<string, number>,
): [string, string] | undefined {
  const counts = new Map<string, number>()
  for (const stretch of stretches)
    for (let i = 0; i + 1 < stretch.length; i++) {
      if (!vocab.has(stretch[i]!) || !vocab.has(stretch[i + 1]!)) continue
      const key = `${stretch[i]}\0${stretch[i + 1]}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  const best = [...counts].sort((a, b) => b[1] - a[1])[0]
  if (best === undefined) return undefined
  const [left, right] = best[0].split('\0')
  return [left!, right!]
}

function join(stretch: string[], [left, right]: readonly [string, string]): void {
  for (let i = 0; i + 1 < stretch.length; i++)
    if (stretch[i] === left && stretch[i + 1] === right) stretch.splice(i, 2, left + right)
}

/** What pre-tokenizers, normalizers and merges stumble over. */
export const FRAGMENTS: readonly string[] = [
  ...SENTENCES.flatMap(text => text.match(/\s+|\S+/g)!),
  ...SENTENCES.flatMap(text => [...text]),
  ...[
    "'S",
    "'ſ",
    "'LL",
    "'re",
    "'",
    "''",
    "'m9",
    '\r\n',
    '\n',
    '\r',
    ' ',
    '  ',
    '\t',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u200d',
  ],
  ...[
    '\0',
    '!\0',
    '!',
    '\u0001',
    'a\u0301',
    '\u0301',
    '\u0301A',
    'ABCdef',
    'ABC',
    'ªA',
    'ǅa',
    '٣',
    '𝟘',
    '𑷠',
    '〇',
    '・',
    '゛',
    '\u3040',
  ],
  ...[
    '\ud800',
    '\udc00',
    '\u{10ffff}',
    '\ufffd',
    '\u0378',
    'ª',
    'ʕ',
    '龥',
    '龦',
    '///',
    '/\n/',
    '><',
    '<s>',
    '</s>',
    '<|end|>',
    '<|end',
    '▁',
    '▁▁',
  ],
]
