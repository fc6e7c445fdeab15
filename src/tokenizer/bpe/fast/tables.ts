import type {
  AddedToken,
  NormalizerDescription,
  PreTokenizerDescription,
} from '../../tokenizer-json/index.ts'
import { BYTE_TO_CHAR, bytesOfToken } from '../byte-alphabet.ts'
import { buildPairTable, type PairTable } from '../pair-table.ts'
import type { BpeSpec } from '../spec.ts'
import { fallbackToken } from '../symbols.ts'
import { buildCrossings, type Crossings } from './crossings.ts'
import { recogniseScan, type Scan } from './scan.ts'
import { type AddedTokenWithId, buildTrie, type Trie } from './trie.ts'

/** What decides about a tokenizer's ids and offsets, but for what its post-processor adds. */
export interface FastDescription {
  readonly normalizer: NormalizerDescription | undefined
  readonly preTokenizer: PreTokenizerDescription | undefined
  readonly model: BpeSpec
  readonly addedTokens: readonly AddedTokenWithId[]
}

/** All that the engine works with: typed arrays that are copied into its memory, or into a file. */
export interface FastTables {
  readonly scan: Scan
  readonly pairs: PairTable
  /** Int32Array[256]: id of each byte, -1 where the vocabulary lacks it. */
  readonly byteIds: Int32Array
  /** Open addressing, two words a slot: code point + 1, id; empty in a byte-level model. */
  readonly chars: Uint32Array
  readonly crossings: Crossings | undefined
  /** Tokens looked for in the text, and in what is left of it when it is normalized. */
  readonly tries: readonly [Trie, Trie]
  /** Words that are one token: u32 id, u16 bytes, u16 UTF-16 units, then the bytes, filled up to a multiple of 4. */
  readonly seeds: Uint8Array
  readonly seedCount: number
  /** With `ignore_merges` they are more than a help: such a word is that token, whatever the merges say. */
  readonly seedsDecide: boolean
}

/** Longer words are not remembered: MAX_WORD of assembly/words.ts. */
const MAX_WORD = 511
/** Half of what the engine's table of words may hold: the rest is for words of several tokens. */
const MAX_SEEDS = 2 ** 18

/** The engine's tables for a tokenizer; undefined when it is of a kind that the engine doesn't know. */
export function buildTables(description: FastDescription): FastTables | undefined {
  const { model } = description
  const scan = recogniseScan(description.normalizer, description.preTokenizer)
  if (scan === undefined || !fits(model, scan)) return undefined
  const crossings = model.byteLevel ? undefined : buildCrossings(model, scan.splitBeforeSpace)
  if (!model.byteLevel && crossings === undefined) return undefined
  const tries = buildTries(description, scan)
  if (tries === undefined) return undefined
  const words = model.ignoreMerges ? wholeWords(model) : []
  if (words === undefined) return undefined
  return {
    scan,
    pairs: buildPairTable(model),
    byteIds: Int32Array.from({ length: 256 }, (_, byte) => model.vocab.get(byteToken(model, byte)) ?? -1),
    chars: model.byteLevel ? new Uint32Array(0) : buildChars(model),
    crossings,
    tries,
    ...toSeeds(words),
    seedsDecide: model.ignoreMerges,
  }
}

function fits(model: BpeSpec, scan: Scan): boolean {
  if (model.continuingSubwordPrefix || model.endOfWordSuffix) return false
  if (model.byteLevel !== (scan.kind !== 'uncrossed')) return false
  if (!model.byteLevel && model.ignoreMerges) return false
  // Two tokens of one id would merge as each other.
  return new Set(model.vocab.values()).size === model.vocab.size
}

function byteToken(model: BpeSpec, byte: number): string {
  if (model.byteLevel) return String.fromCharCode(BYTE_TO_CHAR[byte]!)
  return model.byteFallback ? fallbackToken(byte) : ''
}

function buildChars(model: BpeSpec): Uint32Array {
  const entries: [code: number, id: number][] = []
  for (const [token, id] of model.vocab) {
    if (token.length > 2 || token === '') continue
    const code = token.codePointAt(0)!
    // A space never reaches the model: U+2581 has its place.
    if (code !== 0x20 && String.fromCodePoint(code) === token)
      entries.push([code === 0x2581 ? 0x20 : code, id])
  }
  let size = 16
  while (size < entries.length * 2) size *= 2
  const slots = new Uint32Array(size * 2)
  for (const [code, id] of entries) {
    let slot = (Math.imul(code, 0x9e3779b1) >>> 7) & (size - 1)
    while (slots[slot * 2] !== 0) slot = (slot + 1) & (size - 1)
    slots[slot * 2] = code + 1
    slots[slot * 2 + 1] = id
  }
  return slots
}

function buildTries({ addedTokens }: FastDescription, scan: Scan): [Trie, Trie] | undefined {
  const normalized = addedTokens.filter(token => token.normalized)
  const isOdd = (token: AddedToken) => token.lstrip || token.rstrip || token.singleWord
  const raw = buildTrie(
    addedTokens.filter(token => !token.normalized),
    isOdd,
  )
  // A SentencePiece normalizer puts U+2581 before such a token too, so that it is found at few places: none of them is for us.
  const isSentencePiece = scan.kind === 'uncrossed'
  if (isSentencePiece && normalized.some(token => /[ \u2581]/.test(token.content))) return undefined
  const content = (token: AddedToken) => (scan.needsNfc ? token.content.normalize('NFC') : token.content)
  const later = buildTrie(
    normalized.map(token => ({ ...token, content: content(token) })),
    token => isSentencePiece || isOdd(token),
  )
  return raw === undefined || later === undefined ? undefined : [raw, later]
}

/** With `ignore_merges` every token of the vocabulary is a word; undefined when there are too many, or too long ones. */
function wholeWords(model: BpeSpec): SeedWord[] | undefined {
  const words = toWords(model)
  return words.length > MAX_SEEDS || words.some(word => word.bytes.length > MAX_WORD) ? undefined : words
}

export interface SeedWord {
  readonly id: number
  readonly bytes: Uint8Array
}

/** The tokens of a vocabulary as they stand in a text. */
export function toWords(model: Pick<BpeSpec, 'vocab' | 'byteLevel'>): SeedWord[] {
  const words: SeedWord[] = []
  const encoder = new TextEncoder()
  for (const [token, id] of model.vocab) {
    const bytes = model.byteLevel ? bytesOfToken(token) : encoder.encode(token.replaceAll('\u2581', ' '))
    if (bytes !== undefined && bytes.length > 0) words.push({ id, bytes })
  }
  return words
}

export function toSeeds(words: readonly SeedWord[]): Pick<FastTables, 'seeds' | 'seedCount'> {
  const length = words.reduce((sum, { bytes }) => sum + 8 + ((bytes.length + 3) & ~3), 0)
  const seeds = new Uint8Array(length)
  const view = new DataView(seeds.buffer)
  let at = 0
  for (const { id, bytes } of words) {
    view.setUint32(at, id, true)
    view.setUint16(at + 4, bytes.length, true)
    view.setUint16(at + 6, unitsOf(bytes), true)
    seeds.set(bytes, at + 8)
    at += 8 + ((bytes.length + 3) & ~3)
  }
  return { seeds, seedCount: words.length }
}

/** UTF-16 units of well-formed UTF-8; for other bytes any number does, as they are no word of a text. */
function unitsOf(bytes: Uint8Array): number {
  let units = 0
  for (const byte of bytes) units += Number((byte & 0xc0) !== 0x80) + Number(byte >= 0xf0)
  return units
}
