// The word cache: from the bytes of a word to its tokens. Three tables by open addressing:
//   up to 8 bytes    the bytes (u64, zeros behind), value, shape
//   up to 16 bytes   the first 8, the last 8 (u64 each), value, shape, 8 unused
//   longer words     hash, address of the bytes, value, shape
// `shape` is bytes | units << 9 | tokens << 18, and 0 where a slot is free: that the number of bytes is compared too tells "!" from
// "!\0". `value` is the token's id when there is one, else the address of the tokens: id (u32), start and end (u16) each.

import { allocate, keep, resetArena } from './memory'

/** Longer words are not remembered. */
export const MAX_WORD: u32 = 511

/** Slots of a table grow up to these, at most half of them taken; then all is forgotten, but for the words that are always there. */
const LIMIT: u32 = 1 << 20

const FACTOR: u64 = 0x9e3779b97f4a7c15

let shortSlots: usize = 0
let shortShift: u64 = 64
let shortMask: u32 = 0
let shortCount: u32 = 0
let mediumSlots: usize = 0
let mediumShift: u64 = 64
let mediumMask: u32 = 0
let mediumCount: u32 = 0
let longSlots: usize = 0
let longMask: u32 = 0
let longCount: u32 = 0

/** Words that are one token each: u32 id, u16 bytes, u16 units, then the bytes up to a multiple of 4. */
let seeds: usize = 0
let seedCount: u32 = 0
let planted: bool = false

/** Begins with no words, but knows of some: see {@link plant}. They are different words, and their bytes stay where they are. */
export function beginWords(at: usize, words: u32): void {
  seeds = at
  seedCount = words
  newShort(1 << 15)
  newMedium(1 << 13)
  newLong(1 << 12)
}

/** Forgets all words but those that {@link beginWords} was told of: those are in the tables from here on. */
export function plant(): void {
  let short: u32 = 0
  let medium: u32 = 0
  let at = seeds
  for (let i: u32 = 0; i < seedCount; i++) {
    const length: u32 = load<u16>(at, 4)
    if (length <= 8) short++
    else if (length <= 16) medium++
    at += 8 + ((<usize>length + 3) & ~(<usize>3))
  }
  const shortSize = sizeFor(short, shortMask + 1)
  if (shortSize > shortMask + 1) newShort(shortSize)
  const mediumSize = sizeFor(medium, mediumMask + 1)
  if (mediumSize > mediumMask + 1) newMedium(mediumSize)
  const longSize = sizeFor(seedCount - short - medium, longMask + 1)
  if (longSize > longMask + 1) newLong(longSize)
  planted = true
  forget()
}

/** Slots for so many words, and half as many more. */
function sizeFor(words: u32, size: u32): u32 {
  while (size < words * 3) size *= 2
  return size
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
    } else if (length <= 16) {
      mediumCount++
      addMedium(load<u64>(at), load<u64>(at + length - 8), id, shape)
    } else {
      longCount++
      addLong(longHash(at, length), <u32>at, id, shape)
    }
    at += (<usize>length + 3) & ~(<usize>3)
  }
}

function newShort(size: u32): void {
  shortSlots = allocate(<usize>size << 4)
  shortMask = size - 1
  shortShift = 64 - <u64>ctz(size)
}

function newMedium(size: u32): void {
  mediumSlots = allocate(<usize>size << 5)
  mediumMask = size - 1
  mediumShift = 64 - <u64>ctz(size)
}

function newLong(size: u32): void {
  longSlots = allocate(<usize>size << 4)
  longMask = size - 1
}

function forget(): void {
  memory.fill(shortSlots, 0, (<usize>shortMask + 1) << 4)
  memory.fill(mediumSlots, 0, (<usize>mediumMask + 1) << 5)
  memory.fill(longSlots, 0, (<usize>longMask + 1) << 4)
  shortCount = 0
  mediumCount = 0
  longCount = 0
  resetArena()
  if (planted) plantSeeds()
}

// @ts-expect-error: decorator
@inline
function shortKey(p: usize, length: u32): u64 {
  return load<u64>(p) & (<u64>-1 >>> (64 - 8 * <u64>length))
}

// @ts-expect-error: decorator
@inline
function shortHash(key: u64): u32 {
  return <u32>((key * FACTOR) >>> shortShift)
}

// @ts-expect-error: decorator
@inline
function mediumHash(first: u64, last: u64): u32 {
  const mixed = first * FACTOR
  return <u32>(((mixed ^ (mixed >>> 32) ^ last) * FACTOR) >>> mediumShift)
}

/** Address of the word's value and, 4 bytes on, its shape; or 0. */
// @ts-expect-error: decorator
@inline
export function findWord(p: usize, length: u32): usize {
  return length <= 8 ? findShort(p, length) : length <= 16 ? findMedium(p, length) : findLong(p, length)
}

// @ts-expect-error: decorator
@inline
function findShort(p: usize, length: u32): usize {
  const key = shortKey(p, length)
  let slot = shortHash(key)
  while (true) {
    const at = shortSlots + (<usize>slot << 4)
    const shape = load<u32>(at, 12)
    if (load<u64>(at) === key && (shape & 511) === length) return at + 8
    if (shape === 0) return 0
    slot = (slot + 1) & shortMask
  }
}

// @ts-expect-error: decorator
@inline
function findMedium(p: usize, length: u32): usize {
  const first = load<u64>(p)
  const last = load<u64>(p + length - 8)
  let slot = mediumHash(first, last)
  while (true) {
    const at = mediumSlots + (<usize>slot << 5)
    const shape = load<u32>(at, 20)
    if (load<u64>(at) === first && load<u64>(at, 8) === last && (shape & 511) === length) return at + 16
    if (shape === 0) return 0
    slot = (slot + 1) & mediumMask
  }
}

function longHash(p: usize, length: u32): u32 {
  let hash: u64 = length
  const last = p + length - 8
  for (; p < last; p += 8) {
    hash = (hash ^ load<u64>(p)) * FACTOR
    hash ^= hash >>> 29
  }
  hash = (hash ^ load<u64>(last)) * FACTOR
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
    if (load<u32>(at) === hash && (shape & 511) === length && sameBytes(load<u32>(at, 4), p, length)) return at + 8
    slot = (slot + 1) & longMask
  }
}

/** Remembers a word that isn't in the tables yet. */
export function addWord(p: usize, length: u32, value: u32, units: u32, tokens: u32): void {
  const shape = length | (units << 9) | (tokens << 18)
  if (length <= 8) {
    if (++shortCount * 2 > shortMask) growShort()
    addShort(shortKey(p, length), value, shape)
  } else if (length <= 16) {
    if (++mediumCount * 2 > mediumMask) growMedium()
    addMedium(load<u64>(p), load<u64>(p + length - 8), value, shape)
  } else {
    if (++longCount * 2 > longMask) growLong()
    const bytes = keep(length)
    memory.copy(bytes, p, length)
    addLong(longHash(p, length), <u32>bytes, value, shape)
  }
}

/** Forgets all when another word would be too many: call it before the word's tokens are kept. */
export function makeRoom(): void {
  if (isFull(shortCount, shortMask) || isFull(mediumCount, mediumMask) || isFull(longCount, longMask)) forget()
}

function isFull(count: u32, mask: u32): bool {
  return mask + 1 === LIMIT && (count + 1) * 2 > mask
}

function addShort(key: u64, value: u32, shape: u32): void {
  let slot = shortHash(key)
  while (load<u32>(shortSlots + (<usize>slot << 4), 12) !== 0) slot = (slot + 1) & shortMask
  const at = shortSlots + (<usize>slot << 4)
  store<u64>(at, key)
  store<u32>(at, value, 8)
  store<u32>(at, shape, 12)
}

function addMedium(first: u64, last: u64, value: u32, shape: u32): void {
  let slot = mediumHash(first, last)
  while (load<u32>(mediumSlots + (<usize>slot << 5), 20) !== 0) slot = (slot + 1) & mediumMask
  const at = mediumSlots + (<usize>slot << 5)
  store<u64>(at, first)
  store<u64>(at, last, 8)
  store<u32>(at, value, 16)
  store<u32>(at, shape, 20)
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

function growMedium(): void {
  const old = mediumSlots
  const end = old + ((<usize>mediumMask + 1) << 5)
  newMedium((mediumMask + 1) * 2)
  for (let at = old; at < end; at += 32) {
    const shape = load<u32>(at, 20)
    if (shape !== 0) addMedium(load<u64>(at), load<u64>(at, 8), load<u32>(at, 16), shape)
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
