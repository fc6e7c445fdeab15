// Merging by rank, leftmost first among equals: the same as the host's merge.ts.

import { allocate } from './memory'
import { findPair, NO_MERGE, rankOf } from './pairs'

/** Up to here a scan for the lowest rank beats the heap. */
const SCAN_LIMIT: u32 = 48

/** A symbol: id, next symbol, previous symbol, rank of its merge with the next one. */
const SYMBOL: usize = 16
let symbols: usize = 0
/** UTF-16 units of the word in which an initial symbol's character lies: u32 start, u32 end. */
let ranges: usize = 0
let heap: usize = 0
let heapLength: u32 = 0
let capacity: u32 = 0

/** Room for the symbols of a word. Call it before {@link setSymbol}. */
export function reserveSymbols(length: u32): void {
  if (length <= capacity) return
  let size: u32 = capacity === 0 ? 256 : capacity
  while (size < length) size *= 2
  symbols = allocate(<usize>size * SYMBOL)
  ranges = allocate(<usize>size * 8)
  // Each merge takes one entry out and puts two in, and there is one merge less than symbols.
  heap = allocate(<usize>size * 24)
  capacity = size
}

// @ts-expect-error: decorator
@inline
export function setSymbol(index: u32, id: u32, start: u32, end: u32): void {
  store<u32>(symbols + <usize>index * SYMBOL, id)
  store<u32>(ranges + <usize>index * 8, start)
  store<u32>(ranges + <usize>index * 8, end, 4)
}

// @ts-expect-error: decorator
@inline
export function idOf(index: u32): u32 {
  return load<u32>(symbols + <usize>index * SYMBOL)
}

// @ts-expect-error: decorator
@inline
export function nextOf(index: u32): u32 {
  return load<u32>(symbols + <usize>index * SYMBOL, 4)
}

// @ts-expect-error: decorator
@inline
export function startOf(index: u32): u32 {
  return load<u32>(ranges + <usize>index * 8)
}

// @ts-expect-error: decorator
@inline
export function endOf(index: u32): u32 {
  return load<u32>(ranges + <usize>index * 8, 4)
}

/** Merges the first `length` symbols, and tells how many are left: 0 is one of them, {@link nextOf} leads to the others. */
export function merge(length: u32): u32 {
  for (let i: u32 = 0; i < length; i++) {
    const at = symbols + <usize>i * SYMBOL
    store<u32>(at, i + 1, 4)
    store<u32>(at, i - 1, 8)
    store<u32>(at, i + 1 < length ? rankOf(load<u32>(at), load<u32>(at + SYMBOL)) : NO_MERGE, 12)
  }
  return length <= SCAN_LIMIT ? mergeByScan(length) : mergeByHeap(length)
}

function mergeByScan(length: u32): u32 {
  let left = length
  while (true) {
    let best: u32 = 0
    let bestRank = NO_MERGE
    for (let i: u32 = 0; i < length; i = nextOf(i)) {
      const rank = load<u32>(symbols + <usize>i * SYMBOL, 12)
      if (rank < bestRank) {
        best = i
        bestRank = rank
      }
    }
    if (bestRank === NO_MERGE) return left
    mergeAt(best, length)
    left--
  }
}

/** An entry is rank * 2^32 + symbol; it is stale when the rank there has changed since. */
function mergeByHeap(length: u32): u32 {
  let left = length
  heapLength = 0
  for (let i: u32 = 0; i < length; i++) pushEntry(i)
  while (heapLength > 0) {
    const entry = popEntry()
    const index = <u32>entry
    const at = symbols + <usize>index * SYMBOL
    if (load<u32>(at, 12) !== <u32>(entry >>> 32)) continue
    mergeAt(index, length)
    left--
    if (index > 0) pushEntry(load<u32>(at, 8))
    pushEntry(index)
  }
  return left
}

function mergeAt(index: u32, length: u32): void {
  const at = symbols + <usize>index * SYMBOL
  const gone = symbols + <usize>load<u32>(at, 4) * SYMBOL
  const next = load<u32>(gone, 4)
  const id = load<u32>(findPair(load<u32>(at), load<u32>(gone)), 12)
  store<u32>(at, id)
  store<u32>(at, next, 4)
  store<u32>(gone, NO_MERGE, 12)
  let rank = NO_MERGE
  if (next < length) {
    const after = symbols + <usize>next * SYMBOL
    store<u32>(after, index, 8)
    rank = rankOf(id, load<u32>(after))
  }
  store<u32>(at, rank, 12)
  if (index === 0) return
  const before = symbols + <usize>load<u32>(at, 8) * SYMBOL
  store<u32>(before, rankOf(load<u32>(before), id), 12)
}

function pushEntry(index: u32): void {
  const rank = load<u32>(symbols + <usize>index * SYMBOL, 12)
  if (rank === NO_MERGE) return
  const entry = (<u64>rank << 32) | index
  let at = heapLength++
  while (at > 0) {
    const parent = (at - 1) >>> 2
    const above = load<u64>(heap + <usize>parent * 8)
    if (above <= entry) break
    store<u64>(heap + <usize>at * 8, above)
    at = parent
  }
  store<u64>(heap + <usize>at * 8, entry)
}

function popEntry(): u64 {
  const top = load<u64>(heap)
  const length = --heapLength
  const entry = load<u64>(heap + <usize>length * 8)
  let at: u32 = 0
  while (true) {
    const first = at * 4 + 1
    if (first >= length) break
    const end = min(first + 4, length)
    let least = first
    let leastEntry = load<u64>(heap + <usize>first * 8)
    for (let child = first + 1; child < end; child++) {
      const value = load<u64>(heap + <usize>child * 8)
      if (value < leastEntry) {
        least = child
        leastEntry = value
      }
    }
    if (leastEntry >= entry) break
    store<u64>(heap + <usize>at * 8, leastEntry)
    at = least
  }
  store<u64>(heap + <usize>at * 8, entry)
  return top
}
