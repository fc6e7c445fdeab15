// tokenizer.json files of every step there is, at random: what no published tokenizer may combine, and what the next one will.
import fc from 'fast-check'

type Json = Record<string, unknown>
type Steps = fc.Arbitrary<Json>

const bool = fc.boolean()
/** What matches something: where a Replace puts something between two characters, the crate's own pieces come apart later on. */
const longPattern: Steps = fc.oneof(
  fc.constantFrom(' ', 'a', '▁', 'ab', '.', '漢', '\n').map(text => ({ String: text })),
  fc
    .constantFrom(
      '\\s+',
      ' {2,}',
      '\\p{L}+',
      '[^\\s\\p{L}\\p{N}]+',
      '\\d',
      '(?i:AB|s)',
      '(?<=a)b',
      '\\w+(?=\\s)',
      '.',
      '^a|b$',
      '\\bt',
      "'s|'t| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
      '[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s',
    )
    .map(regex => ({ Regex: regex })),
)
const pattern: Steps = fc.oneof(
  { weight: 8, arbitrary: longPattern },
  { weight: 1, arbitrary: fc.constantFrom({ String: '' }, { Regex: 'a*' }, { Regex: '$' }) },
)
const content = fc.constantFrom('', ' ', '▁', 'x', '漢字', '😀a')
const behavior = fc.constantFrom('Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous')
const metaspace: Steps = fc.record({
  type: fc.constant('Metaspace'),
  replacement: fc.constantFrom('▁', '_', '😀'),
  prepend_scheme: fc.constantFrom('always', 'first', 'never'),
  split: bool,
})
const byteLevel: Steps = fc.record({
  type: fc.constant('ByteLevel'),
  add_prefix_space: bool,
  trim_offsets: bool,
  use_regex: bool,
})
const replace: Steps = fc.record({ type: fc.constant('Replace'), pattern: longPattern, content })

const normalizerStep: Steps = fc.oneof(
  fc
    .constantFrom('NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase', 'StripAccents', 'Nmt', 'ByteLevel')
    .map(type => ({ type })),
  fc.record({ type: fc.constant('Strip'), strip_left: bool, strip_right: bool }),
  fc.record({ type: fc.constant('Prepend'), prepend: fc.constantFrom('▁', 'ab', '漢') }),
  replace,
  fc.record({
    type: fc.constant('BertNormalizer'),
    clean_text: bool,
    handle_chinese_chars: bool,
    strip_accents: fc.constantFrom(true, false, null),
    lowercase: bool,
  }),
)
const preTokenizerStep: Steps = fc.oneof(
  byteLevel,
  metaspace,
  fc.record({ type: fc.constant('Split'), pattern, behavior, invert: bool }),
  fc.record({ type: fc.constant('Digits'), individual_digits: bool }),
  fc.record({ type: fc.constant('Punctuation'), behavior }),
  fc.constantFrom('Whitespace', 'WhitespaceSplit', 'BertPreTokenizer').map(type => ({ type })),
  fc.record({ type: fc.constant('CharDelimiterSplit'), delimiter: fc.constantFrom(' ', 'a', '漢') }),
  fc.record({ type: fc.constant('FixedLength'), length: fc.integer({ min: 1, max: 5 }) }),
)
const trimming: Steps = fc.oneof(
  byteLevel,
  fc.record({
    type: fc.constant('RobertaProcessing'),
    sep: fc.constant(['</s>', 1]),
    cls: fc.constant(['<s>', 0]),
    trim_offsets: bool,
    add_prefix_space: bool,
  }),
)
const templates: Steps = fc.oneof(
  fc.constant({ type: 'BertProcessing', sep: ['</s>', 1], cls: ['<s>', 0] }),
  fc.constant({
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: 'bos', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: 'eos', type_id: 0 } },
    ],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }],
    special_tokens: {
      bos: { id: 'bos', ids: [0, 0], tokens: ['<s>', '<s>'] },
      eos: { id: 'eos', ids: [1], tokens: ['</s>'] },
    },
  }),
)
const decoderStep: Steps = fc.oneof(
  byteLevel,
  metaspace,
  replace,
  fc.constantFrom('ByteFallback', 'Fuse').map(type => ({ type })),
  fc.record({
    type: fc.constant('Strip'),
    content: fc.constantFrom(' ', 'a', '▁'),
    start: fc.nat(2),
    stop: fc.constant(0),
  }),
  fc.record({ type: fc.constant('WordPiece'), prefix: fc.constantFrom('##', 'a'), cleanup: bool }),
  fc.record({ type: fc.constant('BPEDecoder'), suffix: fc.constantFrom('</w>', 'b') }),
  fc.record({
    type: fc.constant('CTC'),
    pad_token: fc.constantFrom('<s>', 'a'),
    word_delimiter_token: fc.constant('|'),
    cleanup: bool,
  }),
)

const none = fc.constant(null)
const listOf = (steps: Steps, key: string): fc.Arbitrary<Json | null> =>
  fc.oneof(
    none,
    steps,
    fc.array(steps, { maxLength: 3 }).map(list => ({ type: 'Sequence', [key]: list })),
  )

/** Tokens that a text may hold, with white space, letters and special characters in and round them. */
const addedTokens: fc.Arbitrary<Json[]> = fc.uniqueArray(
  fc.record({
    id: fc.constant(0),
    content: fc.constantFrom(
      '<s>',
      '</s>',
      '<|im_start|>',
      'the',
      'a',
      ' a',
      'ab',
      '漢',
      'É',
      '▁',
      '\n',
      '<|',
      'e\u0301',
      'I',
      '😀',
    ),
    single_word: bool,
    lstrip: bool,
    rstrip: bool,
    normalized: bool,
    special: bool,
  }),
  { maxLength: 5, selector: token => token.content },
)

const ALPHABET = [..."abcdefghilmnorstuwxyzHIS0123456789.,!?-_'|<>/#▁ĠĊÃ©éæ¼¢å漢字かĿð\u0301Ŀĺ😀▂ \n\t"]

const model: Steps = fc
  .record({
    byteTokens: bool,
    unk_token: fc.constantFrom(null, '<unk>'),
    fuse_unk: bool,
    byte_fallback: bool,
    ignore_merges: bool,
    affixes: fc.constantFrom<Json>(
      {},
      {},
      {},
      { end_of_word_suffix: '</w>' },
      { continuing_subword_prefix: '##' },
    ),
    merges: fc.array(fc.tuple(fc.nat(999), fc.nat(999)), { maxLength: 40 }),
  })
  .map(({ byteTokens, affixes, merges, ...settings }) => {
    const tokens = ['<s>', '</s>', '<unk>', ...ALPHABET]
    const prefix = String(affixes['continuing_subword_prefix'] ?? '')
    const suffix = String(affixes['end_of_word_suffix'] ?? '')
    if (prefix + suffix !== '') tokens.push(...ALPHABET.map(char => prefix + char + suffix))
    const known = new Set(tokens)
    const pairs: [string, string][] = []
    for (const [i, j] of merges) {
      const left = tokens[3 + (i % (tokens.length - 3))]!
      const right = tokens[3 + (j % (tokens.length - 3))]!
      if (!right.startsWith(prefix)) continue
      known.add(left + right.slice(prefix.length))
      pairs.push([left, right])
    }
    if (byteTokens)
      for (let byte = 0; byte < 256; byte++)
        known.add(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
    const vocab = Object.fromEntries([...known].map((token, id) => [token, id]))
    // With affixes the crate falls back on their bytes too, which no model can want; ours on the character's.
    const byte_fallback = settings.byte_fallback && prefix + suffix === ''
    return { type: 'BPE', dropout: null, ...settings, byte_fallback, ...affixes, vocab, merges: pairs }
  })

export const anyTokenizer: Steps = fc.record({
  version: fc.constant('1.0'),
  truncation: none,
  padding: none,
  added_tokens: addedTokens,
  normalizer: listOf(normalizerStep, 'normalizers'),
  pre_tokenizer: listOf(preTokenizerStep, 'pretokenizers'),
  post_processor: fc.oneof(
    none,
    trimming,
    templates,
    fc.tuple(byteLevel, templates).map(processors => ({ type: 'Sequence', processors })),
    fc.tuple(templates, byteLevel).map(processors => ({ type: 'Sequence', processors })),
  ),
  decoder: listOf(decoderStep, 'decoders'),
  model,
})
