import type { NormalizerDescription, PreTokenizerDescription } from '../../tokenizer-json/index.ts'

/** How the engine cuts a stretch into words. The numbers are those of assembly/engine.ts. */
export const SCAN_KINDS = { gpt2: 0, cl100k: 1, o200k: 2, deepseek: 3, digitsGpt2: 4, uncrossed: 5 } as const
/** What the engine puts before a stretch; the numbers are those of assembly/engine.ts. */
export const PREPENDS = { never: 0, always: 1, unlessThere: 2, toText: 3 } as const

export interface Scan {
  readonly kind: keyof typeof SCAN_KINDS
  /** The text is taken only when it is NFC already. */
  readonly needsNfc: boolean
  /** How many digits make a word. */
  readonly digitLimit: number
  /** `[\p{L}\p{M}]` where others have `\p{L}`. */
  readonly marksAreLetters: boolean
  /** Whether `'s` and the like are cut off (cl100k) or kept (o200k). */
  readonly contractions: boolean
  readonly prepend: keyof typeof PREPENDS
  /** Metaspace with `split`: a word ends before every space. */
  readonly splitBeforeSpace: boolean
}

const PLAIN: Omit<Scan, 'kind' | 'needsNfc'> = {
  digitLimit: 1,
  marksAreLetters: false,
  contractions: true,
  prepend: 'never',
  splitBeforeSpace: false,
}
const UNLIMITED = 0x7fffffff

const SPACES = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+'
const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
const CAPITALS = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]'
const SMALL = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]'

function cl100k(letter: string, others: string, digits: string): string {
  return `${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?${letter}+|${digits}| ?[^\\s${others}]+[\\r\\n]*|${SPACES}`
}

function o200k(ending: string, digits: string): string {
  const before = '[^\\r\\n\\p{L}\\p{N}]?'
  const words = `${before}${CAPITALS}*${SMALL}+${ending}|${before}${CAPITALS}+${SMALL}*${ending}`
  return `${words}|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${SPACES}`
}

type KnownPattern = Pick<Scan, 'kind'> & Partial<Scan>

/** Expressions that the engine has a scanner for, by their exact text. */
const PATTERNS: ReadonlyMap<string, KnownPattern> = new Map([1, 3].flatMap(patternsWithDigits))

function patternsWithDigits(digitLimit: number): [string, KnownPattern][] {
  const digits = digitLimit === 1 ? '\\p{N}' : '\\p{N}{1,3}'
  return [
    // GPT-3.5 and 4, Llama 3; Qwen 2, 2.5 and 3 with single digits
    [cl100k('\\p{L}', '\\p{L}\\p{N}', digits), { kind: 'cl100k', digitLimit }],
    // Qwen 3.5
    [
      cl100k('[\\p{L}\\p{M}]', '\\p{L}\\p{M}\\p{N}', digits),
      { kind: 'cl100k', digitLimit, marksAreLetters: true },
    ],
    // GPT-4o and gpt-oss; Mistral's Tekken without contractions and with single digits
    [o200k(`${CONTRACTIONS}?`, digits), { kind: 'o200k', digitLimit }],
    [o200k('', digits), { kind: 'o200k', digitLimit, contractions: false }],
  ]
}

/** DeepSeek-V3's three expressions, one after the other. */
const DEEPSEEK: readonly string[] = [
  '\\p{N}{1,3}',
  '[一-龥\u3040-ゟ゠-ヿ]+',
  '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|' +
    SPACES,
]

const LOWER_ONE_EIGHTH = '\u2581'

/** How the engine has to scan for a tokenizer; undefined when its normalizer or pre-tokenizer is of a kind that the engine doesn't know. */
export function recogniseScan(
  normalizer: NormalizerDescription | undefined,
  preTokenizer: PreTokenizerDescription | undefined,
): Scan | undefined {
  const normalizers = flattenNormalizers(normalizer)
  const preTokenizers = flattenPreTokenizers(preTokenizer)
  return recogniseBytes(normalizers, preTokenizers) ?? recogniseSentencePiece(normalizers, preTokenizers)
}

function recogniseBytes(
  normalizers: readonly NormalizerDescription[],
  preTokenizers: readonly PreTokenizerDescription[],
): Scan | undefined {
  const needsNfc = normalizers.length === 1 && normalizers[0]?.kind === 'NFC'
  if (normalizers.length > 0 && !needsNfc) return undefined
  const last = preTokenizers.at(-1)
  if (last?.kind !== 'ByteLevel' || last.addPrefixSpace) return undefined
  const splits = preTokenizers.slice(0, -1)
  const common = { ...PLAIN, needsNfc }
  if (last.useRegex) {
    if (splits.length === 0) return { ...common, kind: 'gpt2', digitLimit: UNLIMITED }
    const digits = splits.length === 1 && splits[0]?.kind === 'Digits' && splits[0].individualDigits
    return digits ? { ...common, kind: 'digitsGpt2' } : undefined
  }
  const patterns = splits.map(findPattern)
  if (patterns.length === 3 && patterns.every((pattern, i) => pattern === DEEPSEEK[i])) {
    return { ...common, kind: 'deepseek', digitLimit: 3 }
  }
  const [pattern] = patterns
  const known = patterns.length === 1 && pattern !== undefined ? PATTERNS.get(pattern) : undefined
  return known === undefined ? undefined : { ...common, ...known }
}

/** The expression of a Split that makes every match a piece, and of what lies between another: what matches all is the same removed. */
function findPattern(step: PreTokenizerDescription): string | undefined {
  if (step.kind !== 'Split' || step.pattern.kind !== 'Regex') return undefined
  // Some files write the two as themselves.
  const source = step.pattern.source.replaceAll('\r', '\\r').replaceAll('\n', '\\n')
  if (step.behavior === 'Isolated') return source
  return step.behavior === 'Removed' && step.invert && PATTERNS.has(source) ? source : undefined
}

function recogniseSentencePiece(
  normalizers: readonly NormalizerDescription[],
  preTokenizers: readonly PreTokenizerDescription[],
): Scan | undefined {
  if (preTokenizers.length > 1) return undefined
  const [step] = preTokenizers
  const common = { ...PLAIN, kind: 'uncrossed', needsNfc: false } as const
  if (step?.kind === 'Metaspace') {
    if (normalizers.length > 0 || step.replacement !== LOWER_ONE_EIGHTH) return undefined
    const prepend = ({ always: 'unlessThere', first: 'toText', never: 'never' } as const)[step.prependScheme]
    return { ...common, prepend, splitBeforeSpace: step.split }
  }
  if (step !== undefined && !splitsAtSpaces(step)) return undefined
  const prepends = normalizers.filter(isPrepend).length
  const replaces = normalizers.filter(isReplaceSpace).length
  if (replaces !== 1 || prepends > 1 || normalizers.length !== prepends + replaces) return undefined
  return { ...common, prepend: prepends === 1 ? 'always' : 'never' }
}

/** Gemma's: no space is left when it comes to it. */
function splitsAtSpaces(step: PreTokenizerDescription): boolean {
  return step.kind === 'Split' && step.pattern.kind === 'String' && step.pattern.text === ' ' && !step.invert
}

function isPrepend(step: NormalizerDescription): boolean {
  return step.kind === 'Prepend' && step.prepend === LOWER_ONE_EIGHTH
}

function isReplaceSpace(step: NormalizerDescription): boolean {
  if (step.kind !== 'Replace' || step.content !== LOWER_ONE_EIGHTH) return false
  return step.pattern.kind === 'String' && step.pattern.text === ' '
}

function flattenNormalizers(step: NormalizerDescription | undefined): NormalizerDescription[] {
  if (step === undefined) return []
  return step.kind === 'Sequence' ? step.normalizers.flatMap(flattenNormalizers) : [step]
}

function flattenPreTokenizers(step: PreTokenizerDescription | undefined): PreTokenizerDescription[] {
  if (step === undefined) return []
  return step.kind === 'Sequence' ? step.preTokenizers.flatMap(flattenPreTokenizers) : [step]
}
