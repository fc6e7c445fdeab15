// Where things lie in the linear memory: it only grows, and nothing is given back but by starting an arena anew.

let top: usize = (__heap_base + 15) & ~(<usize>15)

/** `size` bytes at a multiple of 16, zeroed when the memory is fresh. Traps when 4 GB are used up. */
export function allocate(size: usize): usize {
  const at = top
  top = (top + size + 15) & ~(<usize>15)
  const pages = <i32>((top + 0xffff) >>> 16) - memory.size()
  if (pages > 0 && memory.grow(pages) < 0) unreachable()
  return at
}

/** Bytes of a block of the arena; its first word is the address of the next block. */
const BLOCK: usize = 1 << 18

let first: usize = 0
let block: usize = 0
let used: usize = 0

/** Room for a word's bytes or tokens, a multiple of 8 bytes, kept until {@link resetArena}. */
export function keep(size: usize): usize {
  const room = (size + 7) & ~(<usize>7)
  if (block === 0 || used + room > BLOCK) nextBlock()
  const at = block + used
  used += room
  return at
}

export function resetArena(): void {
  block = first
  used = 8
}

function nextBlock(): void {
  let next: usize = block === 0 ? 0 : load<u32>(block)
  if (next === 0) {
    next = allocate(BLOCK)
    store<u32>(next, 0)
    if (block === 0) first = next
    else store<u32>(block, <u32>next)
  }
  block = next
  used = 8
}
