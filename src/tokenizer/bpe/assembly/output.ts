// The tokens of the text: three arrays of int32, one behind the other, that move when they have to grow.

import { allocate } from './memory'

export let ids: usize = 0
export let starts: usize = 0
export let ends: usize = 0
/** Tokens written. */
export let count: u32 = 0
/** UTF-16 units of the text before the next token. */
export let unit: u32 = 0
let capacity: u32 = 0

export function beginOutput(): void {
  count = 0
  unit = 0
}

/** Room for `more` tokens. */
// @ts-expect-error: decorator
@inline
export function reserve(more: u32): void {
  if (count + more > capacity) grow(count + more)
}

function grow(needed: u32): void {
  let size: u32 = capacity === 0 ? 4096 : capacity
  while (size < needed) size *= 2
  const at = allocate(<usize>size * 12)
  const bytes = <usize>count * 4
  if (count > 0) {
    memory.copy(at, ids, bytes)
    memory.copy(at + <usize>size * 4, starts, bytes)
    memory.copy(at + <usize>size * 8, ends, bytes)
  }
  ids = at
  starts = at + <usize>size * 4
  ends = at + <usize>size * 8
  capacity = size
}

/** Writes one token; there has to be room. */
// @ts-expect-error: decorator
@inline
export function push(id: u32, start: u32, end: u32): void {
  const at = <usize>count * 4
  store<u32>(ids + at, id)
  store<u32>(starts + at, start)
  store<u32>(ends + at, end)
  count++
}

export function setUnit(value: u32): void {
  unit = value
}

/**
 * Gives back the unit that was put before a stretch: tokens from `from` on lie one unit too far to the left, so that the first
 * one starts at `start - 1`. The prepended character has the range of the first real one, which ends at `firstEnd`.
 */
export function hidePrepended(from: u32, start: u32, firstEnd: u32): void {
  for (let i = from; i < count; i++) {
    const at = <usize>i * 4
    if (<i32>load<u32>(starts + at) >= <i32>start) break
    store<u32>(starts + at, start)
    if (<i32>load<u32>(ends + at) <= <i32>start) store<u32>(ends + at, firstEnd)
  }
}
