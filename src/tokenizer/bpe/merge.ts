import { findPair, type PairTable } from './pair-table.ts'

/** Up to here a scan for the lowest rank beats the heap. */
const SCAN_LIMIT = 48
const NO_MERGE = 0x7fffffff
const POSITIONS = 2 ** 32

/**
 * Merges symbols by rank, the leftmost first among equals.
 *
 * Symbol i stands for the initial symbols [i, next[i]); `next` of the last one is `length`.
 */
export class Merger {
  readonly #pairs: PairTable
  /** Ids of the symbols: written by the caller, then changed by {@link merge}. */
  ids: Int32Array = new Int32Array(64)
  /** After {@link merge}: where the next symbol begins, for each symbol that is left. Symbol 0 is always left. */
  next: Int32Array = new Int32Array(64)
  #previous = new Int32Array(64)
  /** Rank of the merge of a symbol with its next one. */
  #ranks = new Int32Array(64)
  #heap = new Float64Array(64)
  #heapLength = 0

  constructor(pairs: PairTable) {
    this.#pairs = pairs
  }

  /** Makes room for `length` symbols; what `ids` held is kept. */
  reserve(length: number): void {
    if (length <= this.ids.length) return
    const size = Math.max(length, this.ids.length * 2)
    const ids = new Int32Array(size)
    ids.set(this.ids)
    this.ids = ids
    this.next = new Int32Array(size)
    this.#previous = new Int32Array(size)
    this.#ranks = new Int32Array(size)
  }

  /** Merges the first `length` of `ids`. */
  merge(length: number): void {
    for (let i = 0; i < length; i++) {
      this.next[i] = i + 1
      this.#previous[i] = i - 1
      this.#ranks[i] = i + 1 < length ? this.#rankOf(this.ids[i]!, this.ids[i + 1]!) : NO_MERGE
    }
    if (length < 2) return
    if (length <= SCAN_LIMIT) this.#mergeByScan(length)
    else this.#mergeByHeap(length)
  }

  #mergeByScan(length: number): void {
    const { next } = this
    const ranks = this.#ranks
    for (;;) {
      let best = 0
      for (let i = next[0]!; i < length; i = next[i]!) if (ranks[i]! < ranks[best]!) best = i
      if (ranks[best] === NO_MERGE) return
      this.#mergeAt(best, length)
    }
  }

  /** Entries are rank * 2^32 + position; one is stale when the rank at its position has changed since. */
  #mergeByHeap(length: number): void {
    const ranks = this.#ranks
    this.#heapLength = 0
    for (let i = 0; i < length; i++) this.#push(i)
    while (this.#heapLength > 0) {
      const entry = this.#pop()
      const at = entry % POSITIONS
      if (ranks[at] !== Math.floor(entry / POSITIONS)) continue
      this.#mergeAt(at, length)
      if (at > 0) this.#push(this.#previous[at]!)
      this.#push(at)
    }
  }

  /** Merges a symbol with its next one, and ranks the two pairs that this makes. */
  #mergeAt(at: number, length: number): void {
    const { ids, next } = this
    const ranks = this.#ranks
    const gone = next[at]!
    const after = next[gone]!
    ids[at] = this.#pairs.slots[findPair(this.#pairs, ids[at]!, ids[gone]!) + 3]!
    next[at] = after
    ranks[gone] = NO_MERGE
    if (after < length) this.#previous[after] = at
    ranks[at] = after < length ? this.#rankOf(ids[at]!, ids[after]!) : NO_MERGE
    if (at > 0) {
      const before = this.#previous[at]!
      ranks[before] = this.#rankOf(ids[before]!, ids[at]!)
    }
  }

  #rankOf(left: number, right: number): number {
    const slot = findPair(this.#pairs, left, right)
    return slot < 0 ? NO_MERGE : this.#pairs.slots[slot + 2]!
  }

  /** A heap of four children to a node, in one array: three times as fast as one that is sorted by four. */
  #push(position: number): void {
    const rank = this.#ranks[position]!
    if (rank === NO_MERGE) return
    if (this.#heapLength === this.#heap.length) {
      const grown = new Float64Array(this.#heapLength * 2)
      grown.set(this.#heap)
      this.#heap = grown
    }
    const heap = this.#heap
    const entry = rank * POSITIONS + position
    let at = this.#heapLength++
    while (at > 0) {
      const parent = (at - 1) >> 2
      if (heap[parent]! <= entry) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = entry
  }

  #pop(): number {
    const heap = this.#heap
    const top = heap[0]!
    const length = --this.#heapLength
    const entry = heap[length]!
    let at = 0
    for (;;) {
      const first = at * 4 + 1
      if (first >= length) break
      let least = first
      const last = Math.min(first + 4, length)
      for (let child = first + 1; child < last; child++) if (heap[child]! < heap[least]!) least = child
      if (heap[least]! >= entry) break
      heap[at] = heap[least]!
      at = least
    }
    heap[at] = entry
    return top
  }
}
