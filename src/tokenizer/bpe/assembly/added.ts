// Added tokens: they split the text before all else, the longest of the leftmost ones first. Two tries, since the tokens that are
// looked for in normalized text are looked for in what the others leave.
//
// A trie, as the host writes it: Uint8Array[256] with 1 for bytes that begin a token; then slots of 8 bytes by open addressing, key
// (node << 8 | byte) + 1 and child node; then nodes of 8 bytes, id + 1 (0: none) and bytes | units << 16.

import { pushAdded, refuse } from './engine'

/** An id with this bit is of a token with lstrip, rstrip or single_word: those are the general path's. */
const ODD: u32 = 0x80000000

/** Up to this many different first bytes are searched for sixteen bytes at a time. */
const FEW: u32 = 3

/** Three first bytes, the same one again where there are less; 0 when there are more. */
let few0: u32 = 0
let few1: u32 = 0
let begins0: usize = 0
let slots0: usize = 0
let mask0: u32 = 0
let nodes0: usize = 0
let begins1: usize = 0
let slots1: usize = 0
let mask1: u32 = 0
let nodes1: usize = 0

export function setTrie(which: u32, begins: usize, slots: usize, mask: u32, nodes: usize): void {
  let few: u32 = 0
  let bytes: u32 = 0
  for (let byte: u32 = 0; byte < 256; byte++) {
    if (load<u8>(begins + byte) === 0) continue
    few |= byte << (8 * min(bytes, 3))
    bytes++
  }
  for (let i = bytes; i < FEW; i++) few |= (few & 0xff) << (8 * i)
  if (bytes === 0 || bytes > FEW) few = 0
  if (which === 0) {
    few0 = few
    begins0 = begins
    slots0 = slots
    mask0 = mask
    nodes0 = nodes
  } else {
    few1 = few
    begins1 = begins
    slots1 = slots
    mask1 = mask
    nodes1 = nodes
  }
}

/** Where the next byte that begins a token is, or `end`. */
export function findAdded(which: u32, p: usize, end: usize): usize {
  const few = which === 0 ? few0 : few1
  if (few) p = skipOthers(p, end, few)
  const begins = which === 0 ? begins0 : begins1
  while (p < end && load<u8>(begins + load<u8>(p)) === 0) p++
  return p
}

/** Passes sixteen bytes at a time that hold none of the three in `few`. */
function skipOthers(p: usize, end: usize, few: u32): usize {
  const first = i8x16.splat(<u8>few)
  const second = i8x16.splat(<u8>(few >>> 8))
  const third = i8x16.splat(<u8>(few >>> 16))
  while (p + 16 <= end) {
    const bytes = v128.load(p)
    const any = v128.or(v128.or(i8x16.eq(bytes, first), i8x16.eq(bytes, second)), i8x16.eq(bytes, third))
    const found = i8x16.bitmask(any)
    if (found) return p + ctz(found)
    p += 16
  }
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
