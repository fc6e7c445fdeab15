import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Tokenizer as NativeTokenizer } from 'tokenizers'
import { alignText } from '../aligned-text.ts'
import { parseTokenizerJson } from '../tokenizer-json/index.ts'
import { createNormalizer } from './index.ts'

const bert = (more: object) => ({
  type: 'BertNormalizer',
  clean_text: false,
  handle_chinese_chars: false,
  strip_accents: false,
  lowercase: false,
  ...more,
})

const NORMALIZERS: readonly object[] = [
  ...['NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase', 'StripAccents', 'Nmt'].map(type => ({ type })),
  { type: 'Strip', strip_left: true, strip_right: true },
  bert({ clean_text: true }),
  bert({ handle_chinese_chars: true }),
  bert({ strip_accents: true }),
  bert({ lowercase: true }),
]

test('normalizes every character as the native package does', () => {
  for (const step of NORMALIZERS) {
    const json = {
      version: '1.0',
      added_tokens: [],
      normalizer: step,
      model: { type: 'BPE', vocab: {}, merges: [] },
    }
    const native = NativeTokenizer.fromString(JSON.stringify(json)).getNormalizer()!
    const ours = createNormalizer(parseTokenizerJson(json).normalizer!)
    for (let first = 0; first < 0x32000; first += first < 0x20000 ? 32 : 0x320) {
      if (first >= 0xd800 && first <= 0xdfff) continue
      const chars = Array.from({ length: 32 }, (_, i) => String.fromCodePoint(first + i))
      // A mark before and behind: classes, and what composes.
      const text = chars.map(char => `a\u0316${char}\u0301`).join('')
      assert.equal(
        ours(alignText(text)).text,
        native.normalizeString(text),
        `${JSON.stringify(step)} ${first.toString(16)}`,
      )
    }
  }
})

test('takes time in proportion to the text, be it nothing but marks', () => {
  const normalize = createNormalizer({ kind: 'NFC' })
  const marks = '\u0301\u0323'.repeat(50_000)
  const expected = `\u1ea1${'\u0323'.repeat(49_999)}${'\u0301'.repeat(50_000)}`
  assert.ok(normalize(alignText(`a${marks}`)).text === expected)
})
