import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Tokenizer as NativeTokenizer } from 'tokenizers'
import { alignText } from '../aligned-text.ts'
import { parseTokenizerJson } from '../tokenizer-json/index.ts'
import { createPreTokenizer, endsInBytes } from './index.ts'

const PRE_TOKENIZERS: readonly object[] = [
  { type: 'Digits', individual_digits: true },
  { type: 'Punctuation', behavior: 'Isolated' },
  { type: 'Whitespace' },
  { type: 'WhitespaceSplit' },
  { type: 'BertPreTokenizer' },
  { type: 'Split', pattern: { Regex: '\\w' }, behavior: 'Isolated', invert: false },
]

test('splits at every character as the native package does', () => {
  for (const step of PRE_TOKENIZERS) {
    const json = {
      version: '1.0',
      added_tokens: [],
      pre_tokenizer: step,
      model: { type: 'BPE', vocab: {}, merges: [] },
    }
    const native = NativeTokenizer.fromString(JSON.stringify(json)).getPreTokenizer()!
    const ours = createPreTokenizer(parseTokenizerJson(json).preTokenizer!)
    for (let first = 0; first < 0x1fa00; first += 256) {
      if (first >= 0xd800 && first <= 0xdfff) continue
      const text = Array.from({ length: 256 }, (_, i) => `a${String.fromCodePoint(first + i)}a-`).join('')
      const expected = native.preTokenizeString(text).map(([piece]) => piece)
      assert.deepEqual(
        ours(alignText(text)).map(piece => piece.text),
        expected,
        `${JSON.stringify(step)} ${first.toString(16)}`,
      )
    }
  }
})

test('leaves the bytes to the model where they come last', () => {
  const bytes = { kind: 'ByteLevel', addPrefixSpace: false, trimOffsets: false, useRegex: false } as const
  const digits = { kind: 'Digits', individualDigits: true } as const
  assert.ok(endsInBytes({ kind: 'Sequence', preTokenizers: [digits, bytes] }))
  assert.ok(!endsInBytes({ kind: 'Sequence', preTokenizers: [bytes, digits] }))
  const first = createPreTokenizer({ kind: 'Sequence', preTokenizers: [bytes, digits] })
  assert.deepEqual(
    first(alignText('é 1')).map(piece => piece.text),
    ['Ã©Ġ', '1'],
  )
})
