import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Tokenizer as NativeTokenizer } from 'tokenizers'
import { BYTE_TO_CHAR } from './byte-alphabet.ts'
import { createBpeModel } from './model.ts'
import type { BpeSpec } from './spec.ts'
import { fallbackToken } from './symbols.ts'

type Token = readonly [id: number, startChar: number, endChar: number]

test('gives the ids and offsets of the native package, with any settings', async () => {
  await fc.assert(
    fc.asyncProperty(specs(), fc.array(pieces(), { minLength: 1, maxLength: 8 }), async (spec, texts) => {
      const model = createBpeModel(spec)
      const native = NativeTokenizer.fromString(JSON.stringify(toTokenizerJson(spec)))
      for (const text of texts) {
        const expected = await encodeNatively(native, text)
        assert.deepEqual(encode(model, text), expected, JSON.stringify(text))
        assert.deepEqual(encode(model, text), expected, `${JSON.stringify(text)}, remembered`)
      }
    }),
    { numRuns: 400 },
  )
})

test('merges long pieces as short ones', async () => {
  await fc.assert(
    fc.asyncProperty(
      specs(),
      fc.array(fc.constantFrom('a', 'b', 'c', 'ab', 'é'), { minLength: 60, maxLength: 700 }),
      async (spec, parts) => {
        const native = NativeTokenizer.fromString(JSON.stringify(toTokenizerJson(spec)))
        const text = parts.join('')
        assert.deepEqual(encode(createBpeModel(spec), text), await encodeNatively(native, text))
      },
    ),
    { numRuns: 60 },
  )
})

test('says which merge needs a token that the vocabulary lacks', () => {
  const spec = { ...PLAIN, vocab: new Map([['a', 0]]), merges: [['a', 'a']] as const }
  assert.throws(() => createBpeModel(spec), {
    code: 'tokenizer/merge-not-in-vocab',
    where: 'model.merges[0]',
  })
})

test('says that the vocabulary lacks the unknown token, once it is needed', () => {
  const model = createBpeModel({ ...PLAIN, vocab: new Map([['a', 0]]), unkToken: '<unk>' })
  assert.deepEqual(encode(model, 'aa'), [
    [0, 0, 1],
    [0, 1, 2],
  ])
  assert.throws(() => encode(model, 'b'), { code: 'tokenizer/no-unk-token' })
})

const PLAIN: BpeSpec = {
  vocab: new Map(),
  merges: [],
  unkToken: undefined,
  byteFallback: false,
  fuseUnk: false,
  ignoreMerges: false,
  continuingSubwordPrefix: undefined,
  endOfWordSuffix: undefined,
  byteLevel: false,
}

function encode(model: ReturnType<typeof createBpeModel>, piece: string): Token[] {
  const tokens: Token[] = []
  model.encodePiece(piece, { push: (id, startChar, endChar) => void tokens.push([id, startChar, endChar]) })
  return tokens
}

/** Native offsets count code points. */
async function encodeNatively(native: NativeTokenizer, text: string): Promise<Token[]> {
  const encoding = await native.encode(text, null, { addSpecialTokens: false })
  const units = [0]
  for (const char of text) units.push(units.at(-1)! + char.length)
  const offsets = encoding.getOffsets()
  return encoding.getIds().map((id, t) => [id, units[offsets[t]![0]!]!, units[offsets[t]![1]!]!])
}

function pieces(): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom('a', 'b', 'c', 'é', '漢', '🙂', 'x', '\0', ' ', '\ufffd'), { maxLength: 14 })
    .map(parts => parts.join(''))
}

/** Small models over a few characters, with gaps in their alphabets and merges that compete. */
function specs(): fc.Arbitrary<BpeSpec> {
  return (
    fc
      .record({
        byteLevel: fc.boolean(),
        fuseUnk: fc.boolean(),
        ignoreMerges: fc.boolean(),
        unkToken: fc.constantFrom(undefined, '<unk>'),
        fallback: fc.constantFrom('none', 'all', 'some'),
        prefix: fc.constantFrom(undefined, undefined, '', '##'),
        suffix: fc.constantFrom(undefined, undefined, '', '</w>'),
        picks: fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 24 }),
        whole: fc.array(fc.constantFrom('abc', 'aa', 'éa', '漢', ' a'), { maxLength: 2 }),
      })
      // The crate falls back on the bytes of character and affixes, which no model uses; ours on the character's.
      .filter(({ fallback, prefix, suffix }) => fallback === 'none' || !(prefix || suffix))
      .map(({ byteLevel, fallback, prefix, suffix, picks, whole, ...settings }) => {
        const mapped = (text: string) =>
          byteLevel
            ? [...new TextEncoder().encode(text)].map(b => String.fromCharCode(BYTE_TO_CHAR[b]!)).join('')
            : text
        const vocab = new Map<string, number>()
        const add = (token: string) => vocab.has(token) || vocab.set(token, vocab.size)
        add('<unk>')
        if (fallback !== 'none')
          for (let byte = 0; byte < (fallback === 'all' ? 256 : 0xe0); byte++) add(fallbackToken(byte))
        const alphabet = [...mapped('abcé漢')]
        const tokens: string[] = []
        for (const char of alphabet)
          for (const token of [
            char,
            (prefix ?? '') + char,
            char + (suffix ?? ''),
            (prefix ?? '') + char + (suffix ?? ''),
          ])
            if (!vocab.has(token)) {
              add(token)
              tokens.push(token)
            }
        const merges: [string, string][] = []
        for (const [i, j] of picks) {
          const left = tokens[i % tokens.length]!
          const right = tokens[j % tokens.length]!
          // A right part that lacks the prefix would be cut in its middle: the package refuses or panics.
          if (!right.startsWith(prefix ?? '')) continue
          const merged = left + right.slice(prefix?.length ?? 0)
          add(merged)
          tokens.push(merged)
          merges.push([left, right])
        }
        for (const token of whole) add(mapped(token))
        const affixes = { continuingSubwordPrefix: prefix, endOfWordSuffix: suffix }
        return { vocab, merges, byteLevel, byteFallback: fallback !== 'none', ...affixes, ...settings }
      })
  )
}

function toTokenizerJson(spec: BpeSpec): object {
  return {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: spec.byteLevel
      ? { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false }
      : null,
    post_processor: null,
    decoder: null,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: spec.unkToken ?? null,
      continuing_subword_prefix: spec.continuingSubwordPrefix ?? null,
      end_of_word_suffix: spec.endOfWordSuffix ?? null,
      fuse_unk: spec.fuseUnk,
      byte_fallback: spec.byteFallback,
      ignore_merges: spec.ignoreMerges,
      vocab: Object.fromEntries(spec.vocab),
      merges: spec.merges,
    },
  }
}
