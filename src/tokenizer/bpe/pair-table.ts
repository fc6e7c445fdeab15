import { LosslineError, quote } from '../../error.ts'
import type { BpeSpec } from './spec.ts'

/** Words in a slot: left id, right id, rank, id of the merged token. */
export const SLOT_WORDS = 4
const EMPTY = -1

/**
 * Merges by pair of ids: open addressing over one Int32Array, so that WebAssembly can use the very same table.
 * A free slot has -1 on its left.
 */
export interface PairTable {
  readonly slots: Int32Array
  /** Number of slots less one; the number is a power of two, and at most 60 % of them are taken. */
  readonly mask: number
}

/** The slot where the search for a pair begins. The WebAssembly engine has the same function. */
export function hashPair(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)
  return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> 8
}

/** Index of the pair's slot in `slots` (in words); -1 when the two don't merge. */
export function findPair({ slots, mask }: PairTable, left: number, right: number): number {
  for (let slot = hashPair(left, right) & mask; ; slot = (slot + 1) & mask) {
    const at = slot * SLOT_WORDS
    const found = slots[at]!
    if (found === left && slots[at + 1] === right) return at
    if (found === EMPTY) return -1
  }
}

/**
 * The merges of a model by their ids. Of a pair that is listed twice the later rank counts, as in `tokenizers`.
 *
 * @throws LosslineError `tokenizer/merge-not-in-vocab`
 */
export function buildPairTable(spec: BpeSpec): PairTable {
  let size = 16
  while (size * 0.6 < spec.merges.length) size *= 2
  const table: PairTable = { slots: new Int32Array(size * SLOT_WORDS).fill(EMPTY), mask: size - 1 }
  const prefixLength = spec.continuingSubwordPrefix?.length ?? 0
  spec.merges.forEach(([left, right], rank) => {
    const merged = left + right.slice(prefixLength)
    insert(table, [idOf(spec, left, rank), idOf(spec, right, rank), rank, idOf(spec, merged, rank)])
  })
  return table
}

function insert({ slots, mask }: PairTable, entry: readonly [number, number, number, number]): void {
  const [left, right] = entry
  let slot = hashPair(left, right) & mask
  while (slots[slot * SLOT_WORDS] !== EMPTY) {
    if (slots[slot * SLOT_WORDS] === left && slots[slot * SLOT_WORDS + 1] === right) break
    slot = (slot + 1) & mask
  }
  slots.set(entry, slot * SLOT_WORDS)
}

function idOf(spec: BpeSpec, token: string, rank: number): number {
  const id = spec.vocab.get(token)
  if (id !== undefined) return id
  throw new LosslineError(
    'tokenizer/merge-not-in-vocab',
    `needs the token ${quote(token)}, which the vocabulary lacks`,
    {
      where: `model.merges[${rank}]`,
      fix: 'The file is damaged or was edited: take it from its source again',
    },
  )
}
