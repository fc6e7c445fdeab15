// Which two symbols merge, at what rank, into what. The table is the host's (pair-table.ts), and so is the hash.

let slots: usize = 0
let mask: u32 = 0
let filter: usize = 0
let filterMask: u32 = 0

export const NO_MERGE: u32 = 0x7fffffff

export function setPairs(slotsAt: usize, slotMask: u32, filterAt: usize, bits: u32): void {
  slots = slotsAt
  mask = slotMask
  filter = filterAt
  filterMask = bits
}

// @ts-expect-error: decorator
@inline
function mixPair(left: u32, right: u32): u32 {
  const mixed = (left * 0x9e3779b1) ^ (right * 0x85ebca6b)
  return (mixed ^ (mixed >>> 15)) * 0xc2b2ae35
}

/**
 * Address of the pair's slot (left, right, rank, merged id), or 0. Most pairs that are asked for don't merge: one bit of a table that
 * fits the second-level cache says so for nearly all of them.
 */
export function findPair(left: u32, right: u32): usize {
  const mixed = mixPair(left, right)
  const bit = (mixed ^ (mixed >>> 13)) & filterMask
  if (!((<u32>load<u8>(filter + (bit >>> 3)) >>> (bit & 7)) & 1)) return 0
  let slot = (mixed >>> 8) & mask
  while (true) {
    const at = slots + (<usize>slot << 4)
    const found = load<u32>(at)
    if (found === left && load<u32>(at, 4) === right) return at
    if (found === 0xffffffff) return 0
    slot = (slot + 1) & mask
  }
}

// @ts-expect-error: decorator
@inline
export function rankOf(left: u32, right: u32): u32 {
  const at = findPair(left, right)
  return at ? load<u32>(at, 8) : NO_MERGE
}

/** Sets the filter's bits from the slots. */
export function fillFilter(): void {
  for (let slot: u32 = 0; slot <= mask; slot++) {
    const at = slots + (<usize>slot << 4)
    const left = load<u32>(at)
    if (left === 0xffffffff) continue
    const mixed = mixPair(left, load<u32>(at, 4))
    const bit = (mixed ^ (mixed >>> 13)) & filterMask
    store<u8>(filter + (bit >>> 3), load<u8>(filter + (bit >>> 3)) | (<u8>1 << <u8>(bit & 7)))
  }
}
