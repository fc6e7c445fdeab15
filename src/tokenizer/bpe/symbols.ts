import { LosslineError, quote } from '../../error.ts'
import { BYTE_TO_CHAR } from './byte-alphabet.ts'
import type { BpeSettings } from './spec.ts'

/**
 * What merging starts from: one symbol for each character of a piece (each byte, in a byte-level model), with its id and the
 * characters that it came from.
 *
 * Two habits of the `tokenizers` crate live here, as ids and offsets depend on them. A character that is neither in the vocabulary
 * nor has a fallback vanishes; and places are the running sum of the symbols' lengths in UTF-8, so that all that follows a vanished
 * character lies too far to the left.
 */
export class Symbols {
  length = 0
  ids: Int32Array<ArrayBuffer> = new Int32Array(64)
  /** UTF-16 units of the piece, [startChars, endChars). */
  startChars: Int32Array<ArrayBuffer> = new Int32Array(64)
  endChars: Int32Array<ArrayBuffer> = new Int32Array(64)
  /** Lengths in UTF-8, in a byte-level model of the byte alphabet's characters. */
  #byteLengths = new Int32Array(64)
  readonly #spec: BpeSettings
  readonly #tokenToId: (token: string) => number | undefined
  readonly #idOfChar = new Map<number, number>()
  /** Ids of `<0x00>` … `<0xFF>`, or -1. */
  readonly #fallbackIds: Int32Array
  readonly #byteIds: Int32Array
  readonly #affixed: boolean
  /** An unknown stretch that no symbol has been made for yet. */
  #unknownBytes = 0
  #unknownStart = 0
  #unknownEnd = 0
  #misplaced = false

  constructor(spec: BpeSettings, tokenToId: (token: string) => number | undefined) {
    this.#spec = spec
    this.#tokenToId = tokenToId
    this.#affixed = Boolean(spec.continuingSubwordPrefix || spec.endOfWordSuffix)
    this.#fallbackIds = Int32Array.from({ length: 256 }, (_, byte) => tokenToId(fallbackToken(byte)) ?? -1)
    this.#byteIds = Int32Array.from(BYTE_TO_CHAR, char => tokenToId(String.fromCharCode(char)) ?? -1)
  }

  /** Takes a piece apart. */
  read(piece: string): void {
    this.length = 0
    this.#unknownBytes = 0
    this.#misplaced = false
    for (let start = 0, end = 0; start < piece.length; start = end) {
      const char = piece.codePointAt(start)!
      end = start + (char > 0xffff ? 2 : 1)
      const scalar = char >= 0xd800 && char <= 0xdfff ? 0xfffd : char
      if (this.#spec.byteLevel) this.#readBytes(scalar, start, end, piece.length)
      else this.#readChar(scalar, start, end, start === 0, end === piece.length)
    }
    this.#flushUnknown()
    if (this.#misplaced) this.#placeByRunningSum(piece)
  }

  #readBytes(char: number, start: number, end: number, pieceLength: number): void {
    const count = utf8Length(char)
    for (let i = 0; i < count; i++) {
      const byte = utf8Byte(char, i, count)
      const isFirst = start === 0 && i === 0
      const isLast = end === pieceLength && i === count - 1
      if (this.#affixed) this.#readChar(BYTE_TO_CHAR[byte]!, start, end, isFirst, isLast)
      else if (this.#byteIds[byte]! >= 0) this.#add(this.#byteIds[byte]!, start, end, mappedLength(byte))
      else this.#readUnknown(BYTE_TO_CHAR[byte]!, start, end)
    }
  }

  #readChar(char: number, start: number, end: number, isFirst: boolean, isLast: boolean): void {
    const id = this.#affixed ? this.#findAffixed(char, isFirst, isLast) : this.#findChar(char)
    if (id >= 0) this.#add(id, start, end, utf8Length(char))
    else this.#readUnknown(char, start, end)
  }

  #findChar(char: number): number {
    let id = this.#idOfChar.get(char)
    if (id === undefined) {
      id = this.#tokenToId(String.fromCodePoint(char)) ?? -1
      this.#idOfChar.set(char, id)
    }
    return id
  }

  #findAffixed(char: number, isFirst: boolean, isLast: boolean): number {
    const prefix = isFirst ? '' : (this.#spec.continuingSubwordPrefix ?? '')
    const suffix = isLast ? (this.#spec.endOfWordSuffix ?? '') : ''
    return this.#tokenToId(prefix + String.fromCodePoint(char) + suffix) ?? -1
  }

  /** Bytes for the character if the vocabulary has all of them, else the unknown token, else nothing. */
  #readUnknown(char: number, start: number, end: number): void {
    const count = utf8Length(char)
    if (this.#spec.byteFallback && this.#hasFallback(char, count)) {
      // An unknown token that is still held back comes out after these: so does the crate's.
      if (this.#unknownBytes > 0) this.#misplaced = true
      for (let i = 0; i < count; i++)
        this.#append(this.#fallbackIds[utf8Byte(char, i, count)]!, start, end, 1)
      return
    }
    if (this.#spec.unkToken === undefined) {
      this.#misplaced = true
      return
    }
    if (!this.#spec.fuseUnk) this.#flushUnknown()
    if (this.#unknownBytes === 0) this.#unknownStart = start
    this.#unknownBytes += count
    this.#unknownEnd = end
  }

  #hasFallback(char: number, count: number): boolean {
    for (let i = 0; i < count; i++) if (this.#fallbackIds[utf8Byte(char, i, count)]! < 0) return false
    return true
  }

  #flushUnknown(): void {
    if (this.#unknownBytes === 0) return
    const token = this.#spec.unkToken!
    const id = this.#tokenToId(token)
    if (id === undefined) {
      throw new LosslineError('tokenizer/no-unk-token', `the vocabulary lacks unk_token ${quote(token)}`, {
        where: 'model.unk_token',
        fix: 'Name a token of the vocabulary there, or null',
      })
    }
    this.#append(id, this.#unknownStart, this.#unknownEnd, this.#unknownBytes)
    this.#unknownBytes = 0
  }

  #add(id: number, start: number, end: number, byteLength: number): void {
    this.#flushUnknown()
    this.#append(id, start, end, byteLength)
  }

  #append(id: number, start: number, end: number, byteLength: number): void {
    const at = this.length++
    if (at === this.ids.length) this.#grow()
    this.ids[at] = id
    this.startChars[at] = start
    this.endChars[at] = end
    this.#byteLengths[at] = byteLength
  }

  #grow(): void {
    this.ids = doubled(this.ids)
    this.startChars = doubled(this.startChars)
    this.endChars = doubled(this.endChars)
    this.#byteLengths = doubled(this.#byteLengths)
  }

  #placeByRunningSum(piece: string): void {
    const starts: number[] = []
    const ends: number[] = []
    for (let start = 0, end = 0; start < piece.length; start = end) {
      const char = piece.codePointAt(start)!
      end = start + (char > 0xffff ? 2 : 1)
      const count = this.#lengthInModel(char >= 0xd800 && char <= 0xdfff ? 0xfffd : char)
      for (let i = 0; i < count; i++) {
        starts.push(start)
        ends.push(end)
      }
    }
    let byte = 0
    for (let i = 0; i < this.length; i++) {
      this.startChars[i] = starts[byte]!
      byte += this.#byteLengths[i]!
      this.endChars[i] = ends[byte - 1]!
    }
  }

  #lengthInModel(char: number): number {
    const count = utf8Length(char)
    if (!this.#spec.byteLevel) return count
    let length = 0
    for (let i = 0; i < count; i++) length += mappedLength(utf8Byte(char, i, count))
    return length
  }
}

/** `<0x0A>`: the token of SentencePiece models that stands for one byte. */
export function fallbackToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`
}

function utf8Length(char: number): number {
  return char < 0x80 ? 1 : char < 0x800 ? 2 : char < 0x10000 ? 3 : 4
}

/** Byte `index` of a character of `count` bytes. */
function utf8Byte(char: number, index: number, count: number): number {
  if (count === 1) return char
  const bits = char >>> (6 * (count - 1 - index))
  return index === 0 ? bits | ((0xf00 >> count) & 0xff) : 0x80 | (bits & 0x3f)
}

function mappedLength(byte: number): number {
  return BYTE_TO_CHAR[byte]! < 0x80 ? 1 : 2
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(array.length * 2)
  grown.set(array)
  return grown
}
