// Added tokens: they split the text before all else, the longest of the leftmost ones first. Two tries, since the tokens that are
// looked for in normalized text are looked for in what the others leave.
//
// A trie, as the host writes it: Uint8Array[256] with 1 for bytes that begin a token; then slots of 8 bytes by open addressing, key
// (node << 8 | byte) + 1 and child node; then nodes of 8 bytes, id + 1 (0: none) and bytes | units << 16.

import { pushAdded, refuse } from './engine'

/** An id with this bit is of a token with lstrip, rstrip or single_word: those are the general path's. */
const ODD: u32 = 0x80000000

let begins0: usize = 0
let slots0: usize = 0
let mask0: u32 = 0
let nodes0: usize = 0
let begins1: usize = 0
let slots1: usize = 0
let mask1: u32 = 0
let nodes1: usize = 0

export function setTrie(which: u32, begins: usize, slots: usize, mask: u32, nodes: usize): void {
  if (which === 0) {
    begins0 = begins
    slots0 = slots
    mask0 = mask
    nodes0 = nodes
  } else {
    begins1 = begins
    slots1 = slots
    mask1 = mask
    nodes1 = nodes
  }
}

/** Where the next byte that begins a token is, or `end`. */
export function findAdded(which: u32, p: usize, end: usize): usize {
  const begins = which === 0 ? begins0 : begins1
  while (p < end && load<u8>(begins + load<u8>(p)) === 0) p++
  return p
}

/** The node of the longest token at `p`, or 0. */
export function matchAdded(which: u32, p: usize, end: usize): usize {
  const slots = which === 0 ? slots0 : slots1
  const mask = which === 0 ? mask0 : mask1
  const nodes = which === 0 ? nodes0 : nodes1
  let node: u32 = 0
  let longest: usize = 0
  for (; p < end; p++) {
    const key = ((node << 8) | load<u8>(p)) + 1
    let slot = ((key * 0x9e3779b1) >>> 7) & mask
    let found = load<u32>(slots + ((<usize>slot) << 3))
    while (found !== key && found !== 0) {
      slot = (slot + 1) & mask
      found = load<u32>(slots + ((<usize>slot) << 3))
    }
    if (found === 0) break
    node = load<u32>(slots + ((<usize>slot) << 3), 4)
    const at = nodes + ((<usize>node) << 3)
    if (load<u32>(at) !== 0) longest = at
  }
  return longest
}

/** Writes the token of a node, and gives its length in bytes. */
export function takeAdded(node: usize): u32 {
  const id = load<u32>(node) - 1
  const lengths = load<u32>(node, 4)
  if (id & ODD) refuse()
  pushAdded(id & ~ODD, lengths >>> 16)
  return lengths & 0xffff
}
