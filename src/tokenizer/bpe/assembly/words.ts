// The word cache: from the bytes of a word to its tokens. Two tables by open addressing, slots of 16 bytes:
//   words of up to 8 bytes   the bytes (u64, zeros behind), value, shape
//   longer ones              hash, address of the bytes, value, shape
// `shape` is bytes | units << 9 | tokens << 18, and 0 where a slot is free: that the number of bytes is compared too tells "!" from
// "!\0". `value` is the token's id when there is one, else the address of the tokens: id (u32), start and end (u16) each.

import { allocate, keep, resetArena } from './memory'

/** Longer words are not remembered. */
export const MAX_WORD: u32 = 511

/** Slots grow up to these, at most half of them full; then all is forgotten and the host's words are put in again. */
const LIMIT: u32 = 1 << 20

let shortSlots: usize = 0
let shortShift: u64 = 64
let shortMask: u32 = 0
let shortCount: u32 = 0
let longSlots: usize = 0
let longMask: u32 = 0
let longCount: u32 = 0

/** Words that the tables always hold: see {@link beginWords}. */
let seeds: usize = 0
let seedCount: u32 = 0
let shortSeedCount: u32 = 0
let planted: bool = false

function newShort(size: u32): void {
  shortSlots = allocate(<usize>size << 4)
  shortMask = size - 1
  shortShift = 64 - <u64>ctz(size)
}

function newLong(size: u32): void {
  longSlots = allocate(<usize>size << 4)
  longMask = size - 1
}

function forget(): void {
  memory.fill(shortSlots, 0, (<usize>shortMask + 1) << 4)
  memory.fill(longSlots, 0, (<usize>longMask + 1) << 4)
  shortCount = 0
  longCount = 0
  resetArena()
  if (planted) plantSeeds()
}

/**
 * Begins with no words, but knows of some that are one token each: u32 id, u16 bytes, u16 units, then the bytes up to a multiple of 4.
 * They are different words, and their bytes stay where they are; `short` of them have up to 8.
 */
export function beginWords(at: usize, words: u32, short: u32): void {
  seeds = at
  seedCount = words
  shortSeedCount = short
  newShort(1 << 15)
  newLong(1 << 13)
}

/** Forgets all words but those that {@link beginWords} was told of: those are in the tables from here on. */
export function plant(): void {
  let size = shortMask + 1
  while (size < shortSeedCount * 3) size *= 2
  if (size > shortMask + 1) newShort(size)
  size = longMask + 1
  while (size < (seedCount - shortSeedCount) * 3) size *= 2
  if (size > longMask + 1) newLong(size)
  planted = true
  forget()
}

function plantSeeds(): void {
  let at = seeds
  for (let i: u32 = 0; i < seedCount; i++) {
    const id = load<u32>(at)
    const length: u32 = load<u16>(at, 4)
    const shape = length | (<u32>load<u16>(at, 6) << 9) | (1 << 18)
    at += 8
    if (length <= 8) {
      shortCount++
      addShort(shortKey(at, length), id, shape)
    } else {
      longCount++
      addLong(longHash(at, length), <u32>at, id, shape)
    }
    at += (<usize>length + 3) & ~(<usize>3)
  }
}

// @ts-expect-error: decorator
@inline
function shortKey(p: usize, length: u32): u64 {
  return load<u64>(p) & (<u64>-1 >>> (64 - 8 * <u64>length))
}

// @ts-expect-error: decorator
@inline
function shortHash(key: u64): u32 {
  return <u32>((key * 0x9e3779b97f4a7c15) >>> shortShift)
}

/** The slot of a word, or 0. */
// @ts-expect-error: decorator
@inline
export function findWord(p: usize, length: u32): usize {
  return length <= 8 ? findShort(p, length) : findLong(p, length)
}

// @ts-expect-error: decorator
@inline
function findShort(p: usize, length: u32): usize {
  const key = shortKey(p, length)
  let slot = shortHash(key)
  while (true) {
    const at = shortSlots + (<usize>slot << 4)
    const shape = load<u32>(at, 12)
    if (load<u64>(at) === key && (shape & 511) === length) return at
    if (shape === 0) return 0
    slot = (slot + 1) & shortMask
  }
}

function longHash(p: usize, length: u32): u32 {
  let hash: u64 = length
  const last = p + length - 8
  for (; p < last; p += 8) {
    hash = (hash ^ load<u64>(p)) * 0x9e3779b97f4a7c15
    hash ^= hash >>> 29
  }
  hash = (hash ^ load<u64>(last)) * 0x9e3779b97f4a7c15
  return <u32>(hash >>> 32)
}

function sameBytes(a: usize, b: usize, length: u32): bool {
  const last = <usize>length - 8
  for (let i: usize = 0; i < last; i += 8) if (load<u64>(a + i) !== load<u64>(b + i)) return false
  return load<u64>(a + last) === load<u64>(b + last)
}

function findLong(p: usize, length: u32): usize {
  const hash = longHash(p, length)
  let slot = hash & longMask
  while (true) {
    const at = longSlots + (<usize>slot << 4)
    const shape = load<u32>(at, 12)
    if (shape === 0) return 0
    if (load<u32>(at) === hash && (shape & 511) === length && sameBytes(load<u32>(at, 4), p, length)) return at
    slot = (slot + 1) & longMask
  }
}

/** Remembers a word that isn't in the tables yet. */
export function addWord(p: usize, length: u32, value: u32, units: u32, tokens: u32): void {
  const shape = length | (units << 9) | (tokens << 18)
  if (length <= 8) {
    if (++shortCount * 2 > shortMask) growShort()
    addShort(shortKey(p, length), value, shape)
  } else {
    if (++longCount * 2 > longMask) growLong()
    const bytes = keep(length)
    memory.copy(bytes, p, length)
    addLong(longHash(p, length), <u32>bytes, value, shape)
  }
}

/** Forgets all when another word would be too many: call it before the word's tokens are kept. */
export function makeRoom(): void {
  const shortFull = shortMask + 1 === LIMIT && (shortCount + 1) * 2 > shortMask
  const longFull = longMask + 1 === LIMIT && (longCount + 1) * 2 > longMask
  if (shortFull || longFull) forget()
}

function addShort(key: u64, value: u32, shape: u32): void {
  let slot = shortHash(key)
  while (load<u32>(shortSlots + (<usize>slot << 4), 12) !== 0) slot = (slot + 1) & shortMask
  const at = shortSlots + (<usize>slot << 4)
  store<u64>(at, key)
  store<u32>(at, value, 8)
  store<u32>(at, shape, 12)
}

function addLong(hash: u32, bytes: u32, value: u32, shape: u32): void {
  let slot = hash & longMask
  while (load<u32>(longSlots + (<usize>slot << 4), 12) !== 0) slot = (slot + 1) & longMask
  const at = longSlots + (<usize>slot << 4)
  store<u32>(at, hash)
  store<u32>(at, bytes, 4)
  store<u32>(at, value, 8)
  store<u32>(at, shape, 12)
}

function growShort(): void {
  const old = shortSlots
  const end = old + ((<usize>shortMask + 1) << 4)
  newShort((shortMask + 1) * 2)
  for (let at = old; at < end; at += 16) {
    const shape = load<u32>(at, 12)
    if (shape !== 0) addShort(load<u64>(at), load<u32>(at, 8), shape)
  }
}

function growLong(): void {
  const old = longSlots
  const end = old + ((<usize>longMask + 1) << 4)
  newLong((longMask + 1) * 2)
  for (let at = old; at < end; at += 16) {
    const shape = load<u32>(at, 12)
    if (shape !== 0) addLong(load<u32>(at), load<u32>(at, 4), load<u32>(at, 8), shape)
  }
}
