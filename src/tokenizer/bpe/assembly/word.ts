// One word: its tokens from the cache, or by merging.

import { codeAt, unitsIn, widthOf } from './classes'
import { keep } from './memory'
import { endOf, idOf, merge, nextOf, reserveSymbols, setSymbol, startOf } from './merge'
import { push, reserve, setUnit, unit } from './output'
import { addWord, findWord, MAX_WORD, makeRoom } from './words'

/** Int32Array[256]: ids of the bytes; -1 where the vocabulary lacks one. */
let byteIds: usize = 0
/** Characters and their ids, slots of 8 bytes by open addressing (code + 1, id); 0: the model is of bytes. */
let chars: usize = 0
let charMask: u32 = 0

/** Set when a byte has no id: what happens then is the general path's business. */
export let unknown: bool = false

export function setSymbols(bytesAt: usize, charsAt: usize, mask: u32): void {
  byteIds = bytesAt
  chars = charsAt
  charMask = mask
}

export function forgetUnknown(): void {
  unknown = false
}

/** Writes the tokens of the word [p, p + length). */
// @ts-expect-error: decorator
@inline
export function encodeWord(p: usize, length: u32): void {
  const found = length <= MAX_WORD ? findWord(p, length) : 0
  if (found === 0) {
    encodeNewWord(p, length)
    return
  }
  const shape = load<u32>(found, 4)
  const units = (shape >>> 9) & 511
  const tokens = shape >>> 18
  const value = load<u32>(found)
  reserve(tokens)
  if (tokens === 1) push(value, unit, unit + units)
  else pushKept(value, tokens)
  setUnit(unit + units)
}

function pushKept(at: usize, tokens: u32): void {
  const end = at + (<usize>tokens << 3)
  for (; at < end; at += 8) {
    push(load<u32>(at), unit + load<u16>(at, 4), unit + load<u16>(at, 6))
  }
}

function encodeNewWord(p: usize, length: u32): void {
  const units = unitsIn(p, p + length)
  const tokens = mergeWord(p, length)
  reserve(tokens)
  if (length <= MAX_WORD && !unknown) remember(p, length, units, tokens)
  for (let i: u32 = 0, left = tokens; left > 0; left--) {
    const next = nextOf(i)
    push(idOf(i), unit + startOf(i), unit + endOf(next - 1))
    i = next
  }
  setUnit(unit + units)
}

/** Merges a word, and tells how many symbols are left. */
export function mergeWord(p: usize, length: u32): u32 {
  reserveSymbols(length)
  const symbols = chars === 0 ? readBytes(p, length) : readChars(p, length)
  return symbols === 0 ? 0 : merge(symbols)
}

function remember(p: usize, length: u32, units: u32, tokens: u32): void {
  makeRoom()
  let value = idOf(0)
  if (tokens !== 1) {
    const at = keep(<usize>tokens << 3)
    value = <u32>at
    for (let i: u32 = 0, k: u32 = 0; k < tokens; k++) {
      const next = nextOf(i)
      const token = at + (<usize>k << 3)
      store<u32>(token, idOf(i))
      store<u16>(token, <u16>startOf(i), 4)
      store<u16>(token, <u16>endOf(next - 1), 6)
      i = next
    }
  }
  addWord(p, length, value, units, tokens)
}

function readBytes(p: usize, length: u32): u32 {
  const end = p + length
  let index: u32 = 0
  let start: u32 = 0
  while (p < end) {
    const width = widthOf(load<u8>(p))
    const after = start + (width === 4 ? 2 : 1)
    for (let i: u32 = 0; i < width; i++) index = addByte(index, load<u8>(p + i), start, after)
    p += width
    start = after
  }
  return index
}

function readChars(p: usize, length: u32): u32 {
  const end = p + length
  let index: u32 = 0
  let start: u32 = 0
  while (p < end) {
    const width = widthOf(load<u8>(p))
    const after = start + (width === 4 ? 2 : 1)
    const id = idOfChar(codeAt(p))
    if (id !== 0xffffffff) setSymbol(index++, id, start, after)
    else for (let i: u32 = 0; i < width; i++) index = addByte(index, load<u8>(p + i), start, after)
    p += width
    start = after
  }
  return index
}

function addByte(index: u32, byte: u32, start: u32, end: u32): u32 {
  const id = load<u32>(byteIds + (<usize>byte << 2))
  if (id === 0xffffffff) unknown = true
  setSymbol(index, id, start, end)
  return index + 1
}

/** U+2581 is written as a space in the text and here. */
function idOfChar(code: u32): u32 {
  if (code === 0x2581) code = 0x20
  let slot = ((code * 0x9e3779b1) >>> 7) & charMask
  while (true) {
    const found = load<u32>(chars + (<usize>slot << 3))
    if (found === code + 1) return load<u32>(chars + (<usize>slot << 3), 4)
    if (found === 0) return 0xffffffff
    slot = (slot + 1) & charMask
  }
}
