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
  const tokens = listTokens(spec.vocab)
  let guess = 0
  for (let rank = 0; rank < spec.merges.length; rank++) {
    const [left, right] = spec.merges[rank]!
    // Most vocabularies list what merges make in the merges' order: a look at the next token saves building and hashing this one.
    const id =
      prefixLength === 0 && isJoined(tokens[guess], left, right)
        ? guess
        : idOf(spec, left + right.slice(prefixLength), rank)
    guess = id + 1
    insert(table, idOf(spec, left, rank), idOf(spec, right, rank), rank, id)
  }
  return table
}

/** The tokens by id. */
function listTokens(vocab: ReadonlyMap<string, number>): string[] {
  const tokens: string[] = []
  for (const [token, id] of vocab) tokens[id] = token
  return tokens
}

function isJoined(token: string | undefined, left: string, right: string): boolean {
  return token?.length === left.length + right.length && token.startsWith(left) && token.endsWith(right)
}

function insert({ slots, mask }: PairTable, left: number, right: number, rank: number, id: number): void {
  let slot = hashPair(left, right) & mask
  while (slots[slot * SLOT_WORDS] !== EMPTY) {
    if (slots[slot * SLOT_WORDS] === left && slots[slot * SLOT_WORDS + 1] === right) break
    slot = (slot + 1) & mask
  }
  const at = slot * SLOT_WORDS
  slots[at] = left
  slots[at + 1] = right
  slots[at + 2] = rank
  slots[at + 3] = id
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
