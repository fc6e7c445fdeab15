import type { BpeSpec } from '../bpe/index.ts'

/**
 * A tokenizer.json, checked and typed. `kind` is the file's `type`; the other names are the file's, in camelCase, with its defaults filled in.
 *
 * `truncation` and `padding` of the file are left out: transformers switches both off too, and a text that is cut is no text to train on.
 */
export interface TokenizerDescription {
  /** In the order of the file, which decides the ids of those that the model lacks. */
  readonly addedTokens: readonly AddedToken[]
  readonly normalizer: NormalizerDescription | undefined
  readonly preTokenizer: PreTokenizerDescription | undefined
  readonly model: ModelDescription
  readonly postProcessor: PostProcessorDescription | undefined
  readonly decoder: DecoderDescription | undefined
}

/** A token that is found before the model sees the text. */
export interface AddedToken {
  readonly content: string
  readonly special: boolean
  /** Searched in the normalized text, normalized itself. */
  readonly normalized: boolean
  /** Not found where a letter, digit or underscore touches it. */
  readonly singleWord: boolean
  /** Takes the white space on its left, or right, into itself. */
  readonly lstrip: boolean
  readonly rstrip: boolean
}

export type ModelDescription = BpeDescription | OtherModelDescription

/** What the file says of a BPE model; whether its pieces are bytes is the pre-tokenizer's matter. */
export interface BpeDescription extends Omit<BpeSpec, 'byteLevel'> {
  readonly kind: 'BPE'
}

export interface OtherModelDescription {
  readonly kind: 'Unigram' | 'WordPiece' | 'WordLevel'
}

/** `{"String": …}` or `{"Regex": …}`. */
export type PatternDescription =
  | { readonly kind: 'String'; readonly text: string }
  | { readonly kind: 'Regex'; readonly source: string }

export type NormalizerDescription =
  | { readonly kind: 'Sequence'; readonly normalizers: readonly NormalizerDescription[] }
  | { readonly kind: 'NFC' | 'NFD' | 'NFKC' | 'NFKD' | 'Lowercase' | 'StripAccents' | 'Nmt' | 'ByteLevel' }
  | { readonly kind: 'Strip'; readonly left: boolean; readonly right: boolean }
  | { readonly kind: 'Prepend'; readonly prepend: string }
  | { readonly kind: 'Replace'; readonly pattern: PatternDescription; readonly content: string }
  | BertNormalizerDescription
  | { readonly kind: 'Precompiled' }

export interface BertNormalizerDescription {
  readonly kind: 'BertNormalizer'
  readonly cleanText: boolean
  readonly handleChineseChars: boolean
  /** Undefined: as `lowercase`. */
  readonly stripAccents: boolean | undefined
  readonly lowercase: boolean
}

export type SplitBehavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous'
export type PrependScheme = 'first' | 'never' | 'always'

export type PreTokenizerDescription =
  | { readonly kind: 'Sequence'; readonly preTokenizers: readonly PreTokenizerDescription[] }
  | ByteLevelDescription
  | SplitDescription
  | MetaspaceDescription
  | { readonly kind: 'Digits'; readonly individualDigits: boolean }
  | { readonly kind: 'Punctuation'; readonly behavior: SplitBehavior }
  | { readonly kind: 'Whitespace' | 'WhitespaceSplit' | 'BertPreTokenizer' | 'UnicodeScripts' }
  | { readonly kind: 'CharDelimiterSplit'; readonly delimiter: string }
  /** `length` counts code points. */
  | { readonly kind: 'FixedLength'; readonly length: number }

/** As a pre-tokenizer, post-processor and decoder. */
export interface ByteLevelDescription {
  readonly kind: 'ByteLevel'
  readonly addPrefixSpace: boolean
  readonly trimOffsets: boolean
  readonly useRegex: boolean
}

export interface SplitDescription {
  readonly kind: 'Split'
  readonly pattern: PatternDescription
  readonly behavior: SplitBehavior
  readonly invert: boolean
}

export interface MetaspaceDescription {
  readonly kind: 'Metaspace'
  /** One character. */
  readonly replacement: string
  readonly prependScheme: PrependScheme
  readonly split: boolean
}

export type PostProcessorDescription =
  | { readonly kind: 'Sequence'; readonly processors: readonly PostProcessorDescription[] }
  | ByteLevelDescription
  | TemplateDescription
  | { readonly kind: 'BertProcessing'; readonly sepId: number; readonly clsId: number }
  | RobertaDescription

/** TemplateProcessing, for one text: the ids before and behind it. */
export interface TemplateDescription {
  readonly kind: 'TemplateProcessing'
  readonly single: readonly TemplatePiece[]
}

export type TemplatePiece =
  | { readonly kind: 'Sequence' }
  | { readonly kind: 'SpecialToken'; readonly ids: readonly number[] }

export interface RobertaDescription {
  readonly kind: 'RobertaProcessing'
  readonly sepId: number
  readonly clsId: number
  readonly trimOffsets: boolean
  readonly addPrefixSpace: boolean
}

export type DecoderDescription =
  | { readonly kind: 'Sequence'; readonly decoders: readonly DecoderDescription[] }
  | { readonly kind: 'ByteLevel' | 'ByteFallback' | 'Fuse' }
  | { readonly kind: 'Replace'; readonly pattern: PatternDescription; readonly content: string }
  /** `content` is one character, `start` and `stop` are how many of it go. */
  | { readonly kind: 'Strip'; readonly content: string; readonly start: number; readonly stop: number }
  | { readonly kind: 'Metaspace'; readonly replacement: string; readonly prependScheme: PrependScheme }
  | { readonly kind: 'WordPiece'; readonly prefix: string; readonly cleanup: boolean }
  | { readonly kind: 'BPEDecoder'; readonly suffix: string }
  | CtcDescription

export interface CtcDescription {
  readonly kind: 'CTC'
  readonly padToken: string
  readonly wordDelimiterToken: string
  readonly cleanup: boolean
}
