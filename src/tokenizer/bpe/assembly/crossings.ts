// SentencePiece-style models have no pre-tokenizer, but a boundary between two characters that no merge of the model joins is never
// merged over: words may be cut there, whatever the characters are.

import { codeAt, widthOf } from './classes'

/** Uint8Array[128 * 128]: 1 where a merge joins two ASCII characters (U+2581 in the place of the space). */
let ascii: usize = 0
/** For the other pairs one bit at their hash. Two that share it make a word too long, which is no fault. */
let bits: usize = 0
let bitMask: u32 = 0
/** Metaspace with `split`: a word ends before each space although a merge may join it. */
let beforeSpace: bool = false

export function setCrossings(asciiAt: usize, bitsAt: usize, mask: u32, splitBeforeSpace: bool): void {
  ascii = asciiAt
  bits = bitsAt
  bitMask = mask
  beforeSpace = splitBeforeSpace
}

/** Where the word that begins at `p` ends. A sentinel stands at the end of the stretch. */
// @ts-expect-error: decorator
@inline
export function nextUncrossed(p: usize, end: usize): usize {
  let left: u32 = load<u8>(p)
  while (true) {
    if (left < 0x80) {
      const right: u32 = load<u8>(++p)
      if (right < 0x80) {
        if (load<u8>(ascii + ((<usize>left << 7) | right)) === 0) return p
        left = right
        continue
      }
    } else {
      const width = widthOf(left)
      left = codeAt(p)
      if (left === 0x2581) left = 0x20
      p += width
    }
    if (p >= end || !crosses(left, p)) return p
    left = load<u8>(p)
  }
}

function crosses(left: u32, p: usize): bool {
  let right = codeAt(p)
  if (right === 0x2581) right = 0x20
  if (right === 0x20 && beforeSpace) return false
  if ((left | right) < 0x80) return load<u8>(ascii + ((<usize>left << 7) | right)) !== 0
  const mixed = (left * 0x9e3779b1) ^ (right * 0x85ebca6b)
  const bit = ((mixed ^ (mixed >>> 15)) * 0xc2b2ae35) >>> 8 & bitMask
  return ((<u32>load<u8>(bits + (bit >>> 3)) >>> (bit & 7)) & 1) !== 0
}
