import { LosslineError } from '../../../error.ts'
import { encoderFromTables, type FastEncoder } from '../fast/encoder.ts'
import type { Engine, EngineInstance } from '../fast/engine.ts'
import type { Scan } from '../fast/scan.ts'
import { type FastTables, type SeedWord, toSeeds, toWords } from '../fast/tables.ts'
import type { Trie } from '../fast/trie.ts'
import type { BpeSettings, BpeSpec } from '../spec.ts'
import { type PackedVocabulary, packVocabulary, unpackVocabulary } from './packed-vocabulary.ts'
import { readSections, type Section, writeSections } from './sections.ts'

/** What a binary holds: all that a tokenizer is put together from, opened when it is needed. */
export interface BinaryTokenizer {
  /** The plain data that was given to {@link toBinary}. */
  readonly steps: unknown
  readonly vocabulary: PackedVocabulary
  /** @param instance an engine that was made asynchronously; made at once by default */
  openFastEncoder(instance?: EngineInstance): FastEncoder
}

interface Head {
  readonly steps: unknown
  readonly scan: Scan
  readonly settings: BpeSettings
  readonly seedCount: number
  readonly hasCrossings: boolean
}

/**
 * A tokenizer's tables as one block of bytes, with version and checksum: read again it gives its first ids in a tenth of the time that
 * tokenizer.json takes. Words that are one token are written too, so that a first pass over new text merges only the others.
 *
 * @param steps plain data to keep with it: all but the model
 * @param fast an encoder that was made from a tokenizer.json
 */
export function toBinary(steps: object, fast: FastEncoder): Uint8Array {
  const { tables, engine, settings, vocab } = fast
  if (vocab === undefined) {
    throw new LosslineError(
      'tokenizer/binary-again',
      'a tokenizer that was read from a binary has no vocabulary to write',
      {
        fix: 'Keep the bytes that it was read from',
      },
    )
  }
  const { seeds, seedCount } = settings.ignoreMerges
    ? tables
    : toSeeds(wordsOfOneToken({ vocab, byteLevel: settings.byteLevel }, engine))
  const head: Head = {
    steps,
    scan: tables.scan,
    settings,
    seedCount,
    hasCrossings: tables.crossings !== undefined,
  }
  return writeSections(head, {
    pairs: tables.pairs.slots,
    byteIds: tables.byteIds,
    chars: tables.chars,
    ...(tables.crossings && { crossingsAscii: tables.crossings.ascii, crossingsBits: tables.crossings.bits }),
    ...packTrie('raw', tables.tries[0]),
    ...packTrie('later', tables.tries[1]),
    seeds,
    ...packVocabulary(vocab),
  })
}

/** @returns undefined for bytes that are damaged, or of another version: make them anew from tokenizer.json */
export function fromBinary(bytes: Uint8Array): BinaryTokenizer | undefined {
  const read = readSections(bytes)
  if (read === undefined) return undefined
  const { sections } = read
  // The version and the checksum are right: this is what toBinary wrote.
  const head = read.data as Head
  const tables = toTables(head, sections)
  const vocabulary = unpackVocabulary(sections)
  const rest = { settings: head.settings, tokenToId: vocabulary.tokenToId }
  return {
    steps: head.steps,
    vocabulary,
    openFastEncoder: instance => encoderFromTables(tables, rest, instance),
  }
}

function toTables(head: Head, sections: Readonly<Record<string, Section>>): FastTables {
  const bytes = (name: string) => sections[name] as Uint8Array
  const slots = sections['pairs'] as Int32Array
  return {
    scan: head.scan,
    pairs: { slots, mask: slots.length / 4 - 1 },
    byteIds: sections['byteIds'] as Int32Array,
    chars: sections['chars'] as Uint32Array,
    crossings: head.hasCrossings
      ? { ascii: bytes('crossingsAscii'), bits: bytes('crossingsBits') }
      : undefined,
    tries: [unpackTrie('raw', sections), unpackTrie('later', sections)],
    seeds: bytes('seeds'),
    seedCount: head.seedCount,
    seedsDecide: head.settings.ignoreMerges,
  }
}

/** Not every token is: some can only be reached by other merges than those that the word takes. */
function wordsOfOneToken(model: Pick<BpeSpec, 'vocab' | 'byteLevel'>, engine: Engine): SeedWord[] {
  return toWords(model).filter(({ id, bytes }) => bytes.length <= 64 && engine.mergeToOne(bytes) === id)
}

function packTrie(name: string, { begins, slots, nodes }: Trie): Record<string, Section> {
  return { [`${name}Begins`]: begins, [`${name}Slots`]: slots, [`${name}Nodes`]: nodes }
}

function unpackTrie(name: string, sections: Readonly<Record<string, Section>>): Trie {
  return {
    begins: sections[`${name}Begins`] as Uint8Array,
    slots: sections[`${name}Slots`] as Uint32Array,
    nodes: sections[`${name}Nodes`] as Uint32Array,
  }
}
