import type {
  ByteLevelDescription,
  DecoderDescription,
  MetaspaceDescription,
  NormalizerDescription,
  PatternDescription,
  PrependScheme,
  PreTokenizerDescription,
  SplitBehavior,
} from './description.ts'
import type { Field } from './field.ts'

const BEHAVIORS = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'] as const

/** One reader for each `type` of a step. Its own keys, so that `constructor` is no type. */
type Readers<Description> = Readonly<Record<string, (field: Field) => Description>>

const NORMALIZERS: Readers<NormalizerDescription> = {
  Sequence: field => ({
    kind: 'Sequence',
    normalizers: field.at('normalizers').items().map(parseNormalizer),
  }),
  NFC: () => ({ kind: 'NFC' }),
  NFD: () => ({ kind: 'NFD' }),
  NFKC: () => ({ kind: 'NFKC' }),
  NFKD: () => ({ kind: 'NFKD' }),
  Lowercase: () => ({ kind: 'Lowercase' }),
  StripAccents: () => ({ kind: 'StripAccents' }),
  Nmt: () => ({ kind: 'Nmt' }),
  ByteLevel: () => ({ kind: 'ByteLevel' }),
  Precompiled: () => ({ kind: 'Precompiled' }),
  Strip: field => ({
    kind: 'Strip',
    left: field.at('strip_left').boolean(),
    right: field.at('strip_right').boolean(),
  }),
  Prepend: field => ({ kind: 'Prepend', prepend: field.at('prepend').string() }),
  Replace: field => ({ kind: 'Replace', ...parseReplace(field) }),
  BertNormalizer: field => ({
    kind: 'BertNormalizer',
    cleanText: field.at('clean_text').boolean(),
    handleChineseChars: field.at('handle_chinese_chars').boolean(),
    stripAccents: field.at('strip_accents').or(undefined, it => it.boolean()),
    lowercase: field.at('lowercase').boolean(),
  }),
}

const PRE_TOKENIZERS: Readers<PreTokenizerDescription> = {
  Sequence: field => ({
    kind: 'Sequence',
    preTokenizers: field.at('pretokenizers').items().map(parsePreTokenizer),
  }),
  ByteLevel: parseByteLevel,
  Split: field => ({
    kind: 'Split',
    pattern: parsePattern(field.at('pattern')),
    behavior: field.at('behavior').oneOf(BEHAVIORS),
    invert: field.at('invert').boolean(),
  }),
  Metaspace: parseMetaspace,
  Digits: field => ({ kind: 'Digits', individualDigits: field.at('individual_digits').boolean() }),
  Punctuation: field => ({
    kind: 'Punctuation',
    behavior: field.at('behavior').or<SplitBehavior, SplitBehavior>('Isolated', it => it.oneOf(BEHAVIORS)),
  }),
  Whitespace: () => ({ kind: 'Whitespace' }),
  WhitespaceSplit: () => ({ kind: 'WhitespaceSplit' }),
  BertPreTokenizer: () => ({ kind: 'BertPreTokenizer' }),
  UnicodeScripts: () => ({ kind: 'UnicodeScripts' }),
  CharDelimiterSplit: field => ({ kind: 'CharDelimiterSplit', delimiter: field.at('delimiter').char() }),
  FixedLength: field => ({ kind: 'FixedLength', length: field.at('length').or(5, it => it.whole()) }),
}

const DECODERS: Readers<DecoderDescription> = {
  Sequence: field => ({ kind: 'Sequence', decoders: field.at('decoders').items().map(parseDecoder) }),
  ByteLevel: () => ({ kind: 'ByteLevel' }),
  ByteFallback: () => ({ kind: 'ByteFallback' }),
  Fuse: () => ({ kind: 'Fuse' }),
  Replace: field => ({ kind: 'Replace', ...parseReplace(field) }),
  Strip: field => ({
    kind: 'Strip',
    content: field.at('content').char(),
    start: field.at('start').whole(),
    stop: field.at('stop').whole(),
  }),
  Metaspace: parseMetaspace,
  WordPiece: field => ({
    kind: 'WordPiece',
    prefix: field.at('prefix').string(),
    cleanup: field.at('cleanup').boolean(),
  }),
  BPEDecoder: field => ({ kind: 'BPEDecoder', suffix: field.at('suffix').string() }),
  CTC: field => ({
    kind: 'CTC',
    padToken: field.at('pad_token').string(),
    wordDelimiterToken: field.at('word_delimiter_token').string(),
    cleanup: field.at('cleanup').boolean(),
  }),
}

export function parseNormalizer(field: Field): NormalizerDescription {
  return readByType(field, NORMALIZERS)
}

export function parsePreTokenizer(field: Field): PreTokenizerDescription {
  return readByType(field, PRE_TOKENIZERS)
}

export function parseDecoder(field: Field): DecoderDescription {
  return readByType(field, DECODERS)
}

export function parseByteLevel(field: Field): ByteLevelDescription {
  return {
    kind: 'ByteLevel',
    addPrefixSpace: field.at('add_prefix_space').boolean(),
    trimOffsets: field.at('trim_offsets').boolean(),
    useRegex: field.at('use_regex').or(true, it => it.boolean()),
  }
}

export function readByType<Description>(field: Field, readers: Readers<Description>): Description {
  const type = field.at('type')
  const names = Object.keys(readers)
  return readers[type.oneOf(names)]!(field)
}

function parseReplace(field: Field): { pattern: PatternDescription; content: string } {
  return { pattern: parsePattern(field.at('pattern')), content: field.at('content').string() }
}

function parsePattern(field: Field): PatternDescription {
  const text = field.at('String')
  if (!text.isAbsent) return { kind: 'String', text: text.string() }
  const regex = field.at('Regex')
  if (!regex.isAbsent) return { kind: 'Regex', source: regex.string() }
  throw field.expected('{"String": …} or {"Regex": …}')
}

/** Files from before 0.14 have `add_prefix_space` where later ones have `prepend_scheme`. */
function parseMetaspace(field: Field): MetaspaceDescription {
  const scheme = field
    .at('prepend_scheme')
    .or<PrependScheme, PrependScheme>('always', it => it.oneOf(['first', 'never', 'always']))
  const noPrefix = field.at('add_prefix_space').value === false
  if (noPrefix && !field.at('prepend_scheme').isAbsent && scheme !== 'never')
    throw field.at('prepend_scheme').expected('"never", as add_prefix_space is false')
  return {
    kind: 'Metaspace',
    replacement: field.at('replacement').char(),
    prependScheme: noPrefix ? 'never' : scheme,
    split: field.at('split').or(true, it => it.boolean()),
  }
}
