import { hasLongMarks } from '../../normalizer/index.ts'
import { ENGINE_WASM } from '../engine.wasm.ts'
import { makeClasses } from './classes.ts'
import { PREPENDS, SCAN_KINDS } from './scan.ts'
import type { FastTables } from './tables.ts'

/** What assembly/engine.ts exports. Addresses and lengths are bytes of its memory. */
interface EngineExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  allocate(size: number): number
  beginWords(seeds: number, count: number): void
  plant(): void
  setClasses(at: number): void
  setPairs(slots: number, slotMask: number, filter: number, filterMask: number): void
  fillFilter(): void
  setSymbols(byteIds: number, chars: number, charMask: number): void
  setCrossings(ascii: number, bits: number, bitMask: number, splitBeforeSpace: boolean): void
  setTrie(which: number, begins: number, slots: number, mask: number, nodes: number): void
  configure(
    kind: number,
    digitLimit: number,
    marksAreLetters: boolean,
    contractions: boolean,
    prepend: number,
    tries: number,
  ): void
  encode(at: number, length: number): number
  mergeToOne(at: number, length: number): number
  outputCount(): number
  outputIds(): number
  outputStarts(): number
  outputEnds(): number
}

/** An engine without tables: see {@link instantiateEngine}. */
export interface EngineInstance {
  readonly exports: unknown
}

// TypeScript has WebAssembly in the DOM's library only.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => EngineInstance
  instantiate(bytes: Uint8Array): Promise<{ readonly instance: EngineInstance }>
}

let module: object | undefined

/** An engine at once. A browser's main thread may refuse that for a module of this size: {@link instantiateEngineAsync}. */
export function instantiateEngine(): EngineInstance {
  module ??= new WebAssembly.Module(engineBytes())
  return new WebAssembly.Instance(module)
}

export async function instantiateEngineAsync(): Promise<EngineInstance> {
  return (await WebAssembly.instantiate(engineBytes())).instance
}

function engineBytes(): Uint8Array {
  return Uint8Array.from(atob(ENGINE_WASM), char => char.charCodeAt(0))
}

export interface EngineTokens {
  readonly ids: Int32Array
  readonly starts: Int32Array
  readonly ends: Int32Array
}

/** Bytes before the text, for a space, and behind it, for reads of 16 bytes at a time. */
const BEFORE = 16
const BEHIND = 64

/** Of a text. */
const MAX_BYTES = 2 ** 25

/** Who encodes a few texts doesn't wait for 150,000 words to be put into the cache; who encodes more gains by them. */
const PLANTING_BYTES = 2 ** 17

/** The WebAssembly engine with the tables of one tokenizer. */
export class Engine {
  readonly #exports: EngineExports
  readonly #encoder = new TextEncoder()
  #textAt = 0
  #textSize = 0
  #text: Uint8Array = new Uint8Array(0)
  #bytesToPlanting: number
  readonly #needsNfc: boolean

  constructor(tables: FastTables, instance: EngineInstance) {
    // The engine is ours: its exports are those of assembly/engine.ts.
    const engine = instance.exports as EngineExports
    this.#exports = engine
    const { scan, pairs, chars, crossings, tries } = tables
    engine.setClasses(this.#copy(makeClasses(scan.kind === 'digitsGpt2')))
    this.#needsNfc = scan.needsNfc
    this.#setPairs(pairs)
    const charsAt = chars.length === 0 ? 0 : this.#copy(chars)
    engine.setSymbols(this.#copy(tables.byteIds), charsAt, chars.length / 2 - 1)
    if (crossings !== undefined) {
      const { ascii, bits } = crossings
      engine.setCrossings(this.#copy(ascii), this.#copy(bits), bits.length * 8 - 1, scan.splitBeforeSpace)
    }
    tries.forEach((trie, which) => {
      const { begins, slots, nodes } = trie
      engine.setTrie(which, this.#copy(begins), this.#copy(slots), slots.length / 2 - 1, this.#copy(nodes))
    })
    const hasTries = tries.reduce((bits, trie, which) => bits | (Number(trie.nodes.length > 2) << which), 0)
    const { digitLimit, marksAreLetters, contractions, prepend } = scan
    engine.configure(
      SCAN_KINDS[scan.kind],
      digitLimit,
      marksAreLetters,
      contractions,
      PREPENDS[prepend],
      hasTries,
    )
    engine.beginWords(this.#copy(tables.seeds), tables.seedCount)
    if (tables.seedsDecide) engine.plant()
    this.#bytesToPlanting = tables.seedsDecide || tables.seedCount === 0 ? Infinity : PLANTING_BYTES
  }

  /** Tokens of a text, or undefined when it has something that the engine leaves to the general path. */
  encode(text: string): EngineTokens | undefined {
    const engine = this.#exports
    this.#reserveText(text.length * 3)
    const { written } = this.#encoder.encodeInto(text, this.#text)
    // Who has as many bytes in one word would need all of the engine's 4 GB.
    if (written > MAX_BYTES) return undefined
    // ASCII is NFC.
    if (this.#needsNfc && written !== text.length && !isNfc(text)) return undefined
    this.#bytesToPlanting -= written
    if (this.#bytesToPlanting < 0) {
      engine.plant()
      this.#bytesToPlanting = Infinity
    }
    if (engine.encode(this.#textAt, written) === 0) return undefined
    const count = engine.outputCount()
    const { buffer } = engine.memory
    // One buffer for the three: a collector has more to do with many small ones.
    const all = new Int32Array(3 * count)
    const copy = (at: number, index: number) => {
      const part = all.subarray(index * count, (index + 1) * count)
      part.set(new Int32Array(buffer, at, count))
      return part
    }
    return {
      ids: copy(engine.outputIds(), 0),
      starts: copy(engine.outputStarts(), 1),
      ends: copy(engine.outputEnds(), 2),
    }
  }

  /** The id of the one token that the word merges to; undefined when it is several. */
  mergeToOne(word: Uint8Array): number | undefined {
    this.#reserveText(word.length)
    this.#text.set(word)
    const id = this.#exports.mergeToOne(this.#textAt, word.length)
    return id < 0 ? undefined : id
  }

  #setPairs({ slots, mask }: FastTables['pairs']): void {
    // A third of the slots are taken, or more: twelve bits and less to a merge, and never more than the second-level cache holds.
    const filterBits = Math.min((mask + 1) * 4, 2 ** 21)
    const slotsAt = this.#copy(slots)
    this.#exports.setPairs(slotsAt, mask, this.#exports.allocate(filterBits / 8), filterBits - 1)
    this.#exports.fillFilter()
  }

  #copy(array: Uint8Array | Int32Array | Uint32Array): number {
    const at = this.#exports.allocate(array.byteLength)
    new Uint8Array(this.#exports.memory.buffer, at, array.byteLength).set(
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
    )
    return at
  }

  #reserveText(size: number): void {
    if (size > this.#textSize) {
      this.#textSize = Math.max(size, this.#textSize * 2, 2 ** 16)
      this.#textAt = this.#exports.allocate(BEFORE + this.#textSize + BEHIND) + BEFORE
    }
    // A memory that grew has another buffer.
    const { buffer } = this.#exports.memory
    if (this.#text.buffer === buffer && this.#text.byteOffset === this.#textAt) return
    this.#text = new Uint8Array(buffer, this.#textAt, this.#textSize)
  }
}

/** What NFC never changes, wherever it stands; most texts hold nothing else. */
const STABLE =
  '\\0-\\u02ff\\u2002-\\u20cf\\u3001-\\u3029\\u3041-\\u3096\\u30a1-\\u30fa\\u3400-\\u9fff\\uac00-\\ud7a3\\uff00-\\uffef'
const ALL_STABLE = new RegExp(`^[${STABLE}]*$`)
const LONG_UNSTABLE = new RegExp(`[^${STABLE}]{500}`)

/** False for a text with so many marks in a row that asking would take for ever: the general path knows how. */
function isNfc(text: string): boolean {
  if (ALL_STABLE.test(text)) return true
  if (LONG_UNSTABLE.test(text) && hasLongMarks(text)) return false
  return text.normalize('NFC') === text
}
