import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Tokenizer as NativeTokenizer } from 'tokenizers'
import { parseTokenizerJson } from '../../tokenizer-json/index.ts'
import { encodeLong, findCuts } from '../long-text.ts'
import type { BpeSpec } from '../spec.ts'
import { createFastEncoder, type FastEncoder } from './encoder.ts'
import { FRAGMENTS, trainTinyModel } from './tiny-model.test.ts'

const CL100K =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
const O200K =
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|" +
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|" +
  '\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+'
const DEEPSEEK = [
  '\\p{N}{1,3}',
  '[一-龥\u3040-ゟ゠-ヿ]+',
  '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|' +
    '\\s*[\r\n]+|\\s+(?!\\S)|\\s+',
]

interface Settings {
  readonly name: string
  readonly normalizer?: object
  readonly preTokenizer?: object
  readonly model?: Partial<BpeSpec>
  readonly byteLevel: boolean
}

const ALPHABET = byteLevelStep(false)
const BYTES = { byteLevel: true } as const
const SENTENCEPIECE = { byteLevel: false } as const
const REPLACE = { type: 'Replace', pattern: { String: ' ' }, content: '▁' }
const PREPEND = { type: 'Prepend', prepend: '▁' }

const KINDS: readonly Settings[] = [
  { ...BYTES, name: 'GPT-2', preTokenizer: byteLevelStep(true) },
  {
    ...BYTES,
    name: 'cl100k, removed and inverted',
    preTokenizer: sequence(split(CL100K, 'Removed', true), ALPHABET),
  },
  {
    ...BYTES,
    name: 'Llama 3',
    preTokenizer: sequence(split(CL100K), ALPHABET),
    model: { ignoreMerges: true },
  },
  {
    ...BYTES,
    name: 'Qwen 3',
    normalizer: { type: 'NFC' },
    preTokenizer: sequence(split(oneDigit(CL100K)), ALPHABET),
  },
  { ...BYTES, name: 'Qwen 3.5', preTokenizer: sequence(split(withMarks(oneDigit(CL100K))), ALPHABET) },
  { ...BYTES, name: 'o200k', preTokenizer: sequence(split(O200K), ALPHABET) },
  {
    ...BYTES,
    name: 'Tekken',
    preTokenizer: sequence(split(oneDigit(O200K.replaceAll("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", ''))), ALPHABET),
  },
  {
    ...BYTES,
    name: 'DeepSeek-V3',
    preTokenizer: sequence(...DEEPSEEK.map(pattern => split(pattern)), ALPHABET),
  },
  {
    ...BYTES,
    name: 'SmolLM2',
    preTokenizer: sequence({ type: 'Digits', individual_digits: true }, byteLevelStep(true)),
  },
  { ...SENTENCEPIECE, name: 'Llama 2', normalizer: { type: 'Sequence', normalizers: [PREPEND, REPLACE] } },
  {
    ...SENTENCEPIECE,
    name: 'Gemma',
    normalizer: REPLACE,
    preTokenizer: { type: 'Split', pattern: { String: ' ' }, behavior: 'MergedWithPrevious', invert: false },
  },
  ...['always', 'first', 'never'].flatMap(prepend_scheme =>
    [true, false].map(isSplit => ({
      ...SENTENCEPIECE,
      name: `Metaspace ${prepend_scheme}${isSplit ? ', split' : ''}`,
      preTokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme, split: isSplit },
    })),
  ),
]

for (const settings of KINDS) {
  test(`${settings.name}: ids and ranges are the native package's`, async () => {
    const { fast, native } = make(settings, [])
    await agree(fast, native, 400)
  })

  test(`${settings.name}: added tokens split the text as they do there`, async () => {
    // With more than three first bytes, and with less: those are searched for in another way.
    const few = [added('<|end|>'), added('<|end'), added('</s>'), added('  ')]
    for (const tokens of [few, [...few, added('🙂'), added('\n\n'), added('the')]]) {
      const { fast, native } = make(settings, tokens)
      await agree(fast, native, 150)
    }
  })
}

for (const settings of KINDS) {
  test(`${settings.name}: a long text in parts has the tokens of the whole`, () => {
    const tokens = [added('<|end|>'), added('  '), added('\n\n')]
    const { fast } = make(settings, tokens)
    const found = findCuts(
      fast,
      tokens.map(({ content }) => content),
    )
    assert.ok(found !== undefined)
    let cuts = 0
    const fragments = fc.constantFrom(
      ...FRAGMENTS,
      ' the end',
      'b c',
      'x\ny',
      ' \nz',
      '\n\na',
      '!\nq',
      'é\nß',
      '漢\n字',
    )
    fc.assert(
      fc.property(
        fc.array(fragments, { minLength: 8, maxLength: 40, size: 'max' }),
        fc.integer({ min: 1, max: 40 }),
        (parts, partUnits) => {
          const text = parts.join('')
          for (let at = 0; at < text.length; at++) if (found.isCut(text, at)) cuts++
          assert.deepEqual(encodeLong(fast, text, found, partUnits), fast.encode(text))
        },
      ),
      { numRuns: 1500 },
    )
    assert.ok(cuts > 100, `${cuts} cuts`)
  })
}

test('a text is not cut where an added token may lie', () => {
  const { fast } = make(KINDS[0]!, [])
  for (const token of ['the end', 'a\nb']) assert.equal(findCuts(fast, ['<|end|>', token]), undefined)
  // Behind a token Llama 2's kind puts another space.
  const { fast: prepending } = make(KINDS.find(({ name }) => name === 'Llama 2')!, [])
  for (const token of ['the', '<end']) assert.equal(findCuts(prepending, ['<|end|>', token]), undefined)
})

test('tokens looked for in normalized text come after the others', async () => {
  const tokens = [
    added('<|end|>'),
    added('e'),
    added('end', { normalized: true }),
    added('the', { normalized: true }),
  ]
  const { fast, native } = make(KINDS[0]!, tokens)
  await agree(fast, native, 300)
})

test('leaves a text to the general path where an added token strips its surroundings', async () => {
  const { fast, native } = make(KINDS[0]!, [
    added('<|end|>', { lstrip: true }),
    added('</s>', { single_word: true }),
  ])
  assert.equal(fast.encode('a <|end|>'), undefined)
  assert.equal(fast.encode('a</s>b'), undefined)
  await agree(fast, native, 200)
})

test('leaves a text to the general path that is not NFC', () => {
  const { fast } = make(KINDS[3]!, [])
  assert.equal(fast.encode('cafe\u0301'), undefined)
  assert.notEqual(fast.encode('caf\u00e9'), undefined)
  // NFC, but to ask costs the square of the run's length.
  assert.equal(fast.encode(`x${'\u0301'.repeat(600)}`), undefined)
  assert.notEqual(fast.encode('สวัสดี'.repeat(200)), undefined)
})

test('leaves a text to the general path that has a byte which the vocabulary lacks', () => {
  const model = trainTinyModel(true)
  const vocab = new Map([...model.vocab].filter(([token]) => token !== 'Ã'))
  const merges = model.merges.filter(pair => !pair.join('').includes('Ã'))
  const { fast } = make({ ...KINDS[0]!, model: { vocab, merges } }, [])
  assert.equal(fast.encode('caf\u00e9'), undefined)
  assert.notEqual(fast.encode('cafe'), undefined)
})

test('remembers words without mixing them up, while its tables grow', async () => {
  const { fast, native } = make(KINDS[0]!, [])
  // Of each length up to 20, many that differ in one byte.
  const words = Array.from(
    { length: 40_000 },
    (_, i) => ` ${'abcdefghijklmnopqrst'.slice(0, 1 + (i % 19))}${(i * 7919).toString(26)}`,
  )
  const text = words.join('')
  const expected = await encodeNatively(native, text)
  assert.deepEqual(tokensOf(fast, text), expected)
  assert.deepEqual(tokensOf(fast, text), expected)
})

test('forgets all words but its own when there are too many', () => {
  for (const ignoreMerges of [false, true]) {
    // With ignore_merges a word is this token, which no merge makes.
    const vocab = new Map([...trainTinyModel(true).vocab, ['Ġzebra', 5000]])
    const { fast } = make({ ...KINDS[0]!, model: { ignoreMerges, vocab } }, [])
    const texts = [...FRAGMENTS, ' zebra']
    const before = texts.map(text => fast.encode(text))
    assert.equal(before.at(-1)?.ids.includes(5000), ignoreMerges)
    // More words of up to eight bytes than a table's half, which is 2^19.
    for (let first = 0; first < 600_000; first += 20_000) {
      fast.encode(Array.from({ length: 20_000 }, (_, i) => ` ${wordOf(first + i)}`).join(''))
    }
    assert.deepEqual(
      texts.map(text => fast.encode(text)),
      before,
    )
  }
})

/** Letters only, five of them: a different word for each number below 26^5. */
function wordOf(index: number): string {
  return Array.from({ length: 5 }, (_, i) =>
    String.fromCharCode(97 + (Math.floor(index / 26 ** i) % 26)),
  ).join('')
}

test('declines what the engine does not know', () => {
  const unknown: Settings[] = [
    { ...BYTES, name: 'a prefix space', preTokenizer: { ...byteLevelStep(true), add_prefix_space: true } },
    { ...BYTES, name: 'another pattern', preTokenizer: sequence(split('\\w+|\\W+'), ALPHABET) },
    {
      ...BYTES,
      name: 'another normalizer',
      normalizer: { type: 'Lowercase' },
      preTokenizer: byteLevelStep(true),
    },
    { ...SENTENCEPIECE, name: 'no normalizer' },
    { ...SENTENCEPIECE, name: 'ignore_merges', normalizer: REPLACE, model: { ignoreMerges: true } },
  ]
  for (const settings of unknown)
    assert.equal(createFastEncoder(describe(settings, [])), undefined, settings.name)
})

function sequence(...pretokenizers: object[]): object {
  return { type: 'Sequence', pretokenizers }
}

function split(regex: string, behavior = 'Isolated', invert = false): object {
  return { type: 'Split', pattern: { Regex: regex }, behavior, invert }
}

function byteLevelStep(use_regex: boolean): object {
  return { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex }
}

function oneDigit(pattern: string): string {
  return pattern.replace('\\p{N}{1,3}', '\\p{N}')
}

function withMarks(pattern: string): string {
  return pattern
    .replace('?\\p{L}+', '?[\\p{L}\\p{M}]+')
    .replace('[^\\s\\p{L}\\p{N}]', '[^\\s\\p{L}\\p{M}\\p{N}]')
}

interface AddedJson {
  readonly content: string
}

function added(content: string, settings: object = {}): AddedJson {
  return {
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
    ...settings,
  } as AddedJson
}

function toJson(settings: Settings, tokens: readonly AddedJson[]): { json: object; model: BpeSpec } {
  const model = trainTinyModel(settings.byteLevel, settings.model)
  const json = {
    version: '1.0',
    added_tokens: tokens.map((token, i) => ({ id: model.vocab.get(token.content) ?? 1000 + i, ...token })),
    normalizer: settings.normalizer ?? null,
    pre_tokenizer: settings.preTokenizer ?? null,
    post_processor: null,
    decoder: null,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: model.unkToken ?? null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: model.fuseUnk,
      byte_fallback: model.byteFallback,
      ignore_merges: model.ignoreMerges,
      vocab: Object.fromEntries(model.vocab),
      merges: model.merges,
    },
  }
  return { json, model }
}

function describe(settings: Settings, tokens: readonly AddedJson[]) {
  const { json, model } = toJson(settings, tokens)
  const native = NativeTokenizer.fromString(JSON.stringify(json))
  const { normalizer, preTokenizer, addedTokens } = parseTokenizerJson(JSON.stringify(json))
  const withIds = addedTokens.map(token => ({ ...token, id: native.tokenToId(token.content)! }))
  return { normalizer, preTokenizer, model, addedTokens: withIds, native }
}

function make(
  settings: Settings,
  tokens: readonly AddedJson[],
): { fast: FastEncoder; native: NativeTokenizer } {
  const { native, ...description } = describe(settings, tokens)
  const fast = createFastEncoder(description)
  assert.ok(fast)
  return { fast, native }
}

async function agree(fast: FastEncoder, native: NativeTokenizer, numRuns: number): Promise<void> {
  const texts = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 24 }).map(parts => parts.join(''))
  let refused = 0
  await fc.assert(
    fc.asyncProperty(texts, async text => {
      if (fast.encode(text) === undefined) refused++
      else assert.deepEqual(tokensOf(fast, text), await encodeNatively(native, text), JSON.stringify(text))
    }),
    { numRuns },
  )
  assert.ok(refused < numRuns / 2, `${refused} of ${numRuns} texts were left to the general path`)
}

function tokensOf(fast: FastEncoder, text: string): number[][] {
  const tokens = fast.encode(text)
  assert.ok(tokens)
  return Array.from(tokens.ids, (id, t) => [id, tokens.starts[t]!, tokens.ends[t]!])
}

/** Native offsets count code points. */
async function encodeNatively(native: NativeTokenizer, text: string): Promise<number[][]> {
  const encoding = await native.encode(text, null, { addSpecialTokens: false })
  const units = [0]
  for (const char of text) units.push(units.at(-1)! + char.length)
  const offsets = encoding.getOffsets()
  return encoding.getIds().map((id, t) => [id, units[offsets[t]![0]!]!, units[offsets[t]![1]!]!])
}
