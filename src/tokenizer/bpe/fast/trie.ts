import type { AddedToken } from '../../tokenizer-json/index.ts'

/** An added token and its id. */
export interface AddedTokenWithId extends AddedToken {
  readonly id: number
}

/** Added tokens by their bytes, laid out as assembly/added.ts reads them. */
export interface Trie {
  /** Uint8Array[256]: 1 for the bytes that begin a token. */
  readonly begins: Uint8Array
  /** Open addressing, two words a slot: (node << 8 | byte) + 1, child. */
  readonly slots: Uint32Array
  /** Two words a node: id + 1 or 0, bytes | UTF-16 units << 16. */
  readonly nodes: Uint32Array
}

/** Marks an id whose token the engine must not take: its text goes to the general path. */
const ODD = 0x80000000

/** @returns undefined when a token is too long for the layout (65,535 bytes) */
export function buildTrie(
  tokens: readonly AddedTokenWithId[],
  isOdd: (token: AddedToken) => boolean,
): Trie | undefined {
  const children = new Map<number, number>()
  const ends: [node: number, id: number, lengths: number][] = []
  const begins = new Uint8Array(256)
  let nodes = 1
  for (const token of tokens) {
    const bytes = new TextEncoder().encode(token.content)
    if (bytes.length === 0) continue
    if (bytes.length > 0xffff) return undefined
    begins[bytes[0]!] = 1
    let node = 0
    for (const byte of bytes) {
      const key = node * 256 + byte + 1
      if (!children.has(key)) children.set(key, nodes++)
      node = children.get(key)!
    }
    ends.push([node, isOdd(token) ? token.id + ODD : token.id, bytes.length + token.content.length * 0x10000])
  }
  return { begins, slots: toSlots(children), nodes: toNodes(ends, nodes) }
}

function toSlots(children: ReadonlyMap<number, number>): Uint32Array {
  let size = 16
  while (size < children.size * 2) size *= 2
  const slots = new Uint32Array(size * 2)
  for (const [key, child] of children) {
    let slot = (Math.imul(key, 0x9e3779b1) >>> 7) & (size - 1)
    while (slots[slot * 2] !== 0) slot = (slot + 1) & (size - 1)
    slots[slot * 2] = key
    slots[slot * 2 + 1] = child
  }
  return slots
}

function toNodes(
  ends: readonly (readonly [node: number, id: number, lengths: number])[],
  count: number,
): Uint32Array {
  const nodes = new Uint32Array(count * 2)
  for (const [node, id, lengths] of ends) {
    nodes[node * 2] = id + 1
    nodes[node * 2 + 1] = lengths
  }
  return nodes
}
