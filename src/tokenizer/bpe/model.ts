import { BYTE_TO_CHAR } from './byte-alphabet.ts'
import { Merger } from './merge.ts'
import { buildPairTable, type PairTable } from './pair-table.ts'
import type { BpeModel, BpeSettings, BpeSpec, TokenSink } from './spec.ts'
import { Symbols } from './symbols.ts'

/** Pieces up to this long are remembered, so many at a time: chats have some 60,000 different words in 10 MB. */
const CACHED_LENGTH = 256
const CACHED_PIECES = 2 ** 16

/** With the u flag the two halves of a pair are one character, which is not in this range. */
const LONE_SURROGATE = /[\ud800-\udfff]/gu

/**
 * The model of a tokenizer in plain TypeScript: any piece, any setting. The fast encoder must give what this gives.
 *
 * @throws LosslineError `tokenizer/merge-not-in-vocab`
 */
export function createBpeModel(spec: BpeSpec): BpeModel {
  return modelFromTables(spec, { tokenToId: token => spec.vocab.get(token), pairs: buildPairTable(spec) })
}

/** What a model looks things up in. */
export interface ModelTables {
  tokenToId(token: string): number | undefined
  readonly pairs: PairTable
}

/** As {@link createBpeModel}, with tables that are there already. */
export function modelFromTables(settings: BpeSettings, tables: ModelTables): BpeModel {
  return new Model(settings, tables)
}

class Model implements BpeModel {
  readonly #settings: BpeSettings
  readonly #tables: ModelTables
  readonly #symbols: Symbols
  readonly #merger: Merger
  /** id, startChar, endChar of each token of a piece. */
  readonly #cache = new Map<string, Int32Array>()

  constructor(settings: BpeSettings, tables: ModelTables) {
    this.#settings = settings
    this.#tables = tables
    this.#symbols = new Symbols(settings, token => tables.tokenToId(token))
    this.#merger = new Merger(tables.pairs)
  }

  encodePiece(piece: string, sink: TokenSink): void {
    if (piece.length > CACHED_LENGTH) {
      this.#encode(piece, sink)
      return
    }
    let tokens = this.#cache.get(piece)
    if (tokens === undefined) {
      tokens = this.#encodeToArray(piece)
      if (this.#cache.size >= CACHED_PIECES) this.#cache.clear()
      this.#cache.set(piece, tokens)
    }
    for (let i = 0; i < tokens.length; i += 3) sink.push(tokens[i]!, tokens[i + 1]!, tokens[i + 2]!)
  }

  #encodeToArray(piece: string): Int32Array {
    const tokens: number[] = []
    this.#encode(piece, { push: (id, startChar, endChar) => void tokens.push(id, startChar, endChar) })
    return Int32Array.from(tokens)
  }

  #encode(piece: string, sink: TokenSink): void {
    if (piece === '') return
    const whole = this.#settings.ignoreMerges ? this.#findWhole(piece) : undefined
    if (whole !== undefined) {
      sink.push(whole, 0, piece.length)
      return
    }
    const symbols = this.#symbols
    const merger = this.#merger
    symbols.read(piece)
    const { length } = symbols
    merger.reserve(length)
    merger.ids.set(symbols.ids.subarray(0, length))
    merger.merge(length)
    for (let at = 0, next = 0; at < length; at = next) {
      next = merger.next[at]!
      sink.push(merger.ids[at]!, symbols.startChars[at]!, symbols.endChars[next - 1]!)
    }
  }

  #findWhole(piece: string): number | undefined {
    return this.#tables.tokenToId(
      this.#settings.byteLevel ? inByteAlphabet(piece) : piece.replace(LONE_SURROGATE, '\ufffd'),
    )
  }
}

function inByteAlphabet(piece: string): string {
  let mapped = ''
  for (const byte of new TextEncoder().encode(piece)) mapped += String.fromCharCode(BYTE_TO_CHAR[byte]!)
  return mapped
}
