// The hot path of the tokenizer: UTF-8 bytes → stretches between added tokens → words → ids and ranges in UTF-16 units.
// The host (fast/engine.ts) lays out the tables and calls `encode`.

import { findAdded, matchAdded, setTrie, takeAdded } from './added'
import { charAt, L, M, SENTINEL, setClasses, unitsIn, widthOf } from './classes'
import { nextUncrossed, setCrossings } from './crossings'
import { allocate } from './memory'
import { idOf } from './merge'
import { beginOutput, count, ends, hidePrepended, ids, push, reserve, setUnit, starts, unit } from './output'
import { fillFilter, setPairs } from './pairs'
import { kindOf, nextCl100k, nextDeepseek, nextGpt2, nextO200k } from './scan'
import { encodeWord, forgetUnknown, mergeWord, setSymbols, unknown } from './word'
import { beginWords, plant } from './words'

export { allocate, beginWords, fillFilter, plant, setClasses, setCrossings, setPairs, setSymbols, setTrie }

// Kinds of pre-tokenizers: the host's patterns.ts has the same numbers.
const GPT2: u32 = 0
const CL100K: u32 = 1
const O200K: u32 = 2
const DEEPSEEK: u32 = 3
const DIGITS_GPT2: u32 = 4
const UNCROSSED: u32 = 5

// What is put before a stretch: the host's sentencepiece.ts has the same numbers.
const PREPEND_ALWAYS: u32 = 1
const PREPEND_UNLESS_THERE: u32 = 2
const PREPEND_TO_TEXT: u32 = 3

let kind: u32 = 0
let digitLimit: i32 = 0
let marksAreLetters: bool = false
let contractions: bool = false
let prepend: u32 = 0
let hasTrie0: bool = false
let hasTrie1: bool = false
let refused: bool = false
let textStart: usize = 0

export function configure(kindOfScan: u32, limit: i32, marks: bool, contracted: bool, prepended: u32, tries: u32): void {
  kind = kindOfScan
  digitLimit = limit
  marksAreLetters = marks
  contractions = contracted
  prepend = prepended
  hasTrie0 = (tries & 1) !== 0
  hasTrie1 = (tries & 2) !== 0
}

/**
 * Encodes the text of `length` bytes at `p`, with 16 bytes of room before and 64 behind it.
 *
 * @returns whether it could: if not, the text is the general path's
 */
export function encode(p: usize, length: u32): bool {
  beginOutput()
  refused = false
  forgetUnknown()
  textStart = p
  splitByAdded(0, p, p + length)
  return !refused && !unknown
}

export function outputCount(): u32 {
  return count
}
export function outputIds(): usize {
  return ids
}
export function outputStarts(): usize {
  return starts
}
export function outputEnds(): usize {
  return ends
}

export function refuse(): void {
  refused = true
}

export function pushAdded(id: u32, units: u32): void {
  reserve(1)
  push(id, unit, unit + units)
  setUnit(unit + units)
}

/** The id of a word that merges to one token; -1 when it doesn't. */
export function mergeToOne(p: usize, length: u32): i32 {
  forgetUnknown()
  const left = mergeWord(p, length)
  return left === 1 && !unknown ? <i32>idOf(0) : -1
}

function splitByAdded(which: u32, p: usize, end: usize): void {
  if (which === 0 ? !hasTrie0 : !hasTrie1) {
    if (p < end) encodeOrSplitAgain(which, p, end)
    return
  }
  let stretch = p
  while (p < end) {
    p = findAdded(which, p, end)
    if (p === end) break
    const node = matchAdded(which, p, end)
    if (node === 0) {
      p++
      continue
    }
    if (stretch < p) encodeOrSplitAgain(which, stretch, p)
    p += takeAdded(node)
    stretch = p
  }
  if (stretch < end) encodeOrSplitAgain(which, stretch, end)
}

function encodeOrSplitAgain(which: u32, p: usize, end: usize): void {
  if (which === 0 && hasTrie1) splitByAdded(1, p, end)
  else encodeStretch(p, end)
}

/** A stretch that holds no added token. The byte behind it gives way to the sentinel meanwhile. */
function encodeStretch(p: usize, end: usize): void {
  const behind = load<u8>(end)
  store<u8>(end, SENTINEL)
  switch (kind) {
    case GPT2:
      while (p < end) p = take(p, nextGpt2(p))
      break
    case CL100K:
      if (marksAreLetters) while (p < end) p = take(p, nextCl100k(p, L | M, digitLimit))
      else while (p < end) p = take(p, nextCl100k(p, L, digitLimit))
      break
    case O200K:
      while (p < end) p = take(p, nextO200k(p, contractions, digitLimit))
      break
    case UNCROSSED:
      encodeUncrossed(p, end)
      break
    default:
      encodeByKind(p, end)
  }
  store<u8>(end, behind)
}

// @ts-expect-error: decorator
@inline
function take(p: usize, end: usize): usize {
  encodeWord(p, <u32>(end - p))
  return end
}

/** As {@link take}, where it hardly matters: the look-up is long enough to be inlined at few places. */
function takeCalled(p: usize, end: usize): usize {
  return take(p, end)
}

/** Cuts at digits (and ideographs) first; what lies between is a text of its own to the expression behind. */
function encodeByKind(p: usize, end: usize): void {
  const ideographs = kind === DEEPSEEK
  while (p < end) {
    let char = charAt(p)
    const first = kindOf(p, char, ideographs)
    let q = p
    while (q < end && kindOf(q, char, ideographs) === first) {
      q += char >>> 8
      char = charAt(q)
    }
    if (first === 1) encodeDigits(p, q)
    else encodePart(p, q)
    p = q
  }
}

function encodeDigits(p: usize, end: usize): void {
  while (p < end) {
    let q = p
    for (let i = 0; i < digitLimit && q < end; i++) q += widthOf(load<u8>(q))
    p = takeCalled(p, q)
  }
}

function encodePart(p: usize, end: usize): void {
  const behind = load<u8>(end)
  store<u8>(end, SENTINEL)
  if (kind === DIGITS_GPT2) while (p < end) p = takeCalled(p, nextGpt2(p))
  else {
    while (p < end) {
      let q = p
      let match = nextDeepseek(p)
      // What matches nothing is a word up to where something matches.
      while (match === 0) {
        q += charAt(q) >>> 8
        if (q === end) break
        match = nextDeepseek(q)
      }
      if (q > p) takeCalled(p, q)
      p = match === 0 ? end : takeCalled(q, match)
    }
  }
  store<u8>(end, behind)
}

function encodeUncrossed(p: usize, end: usize): void {
  const byte = load<u8>(p)
  const there = byte === 0x20 || (byte === 0xe2 && load<u8>(p, 1) === 0x96 && load<u8>(p, 2) === 0x81)
  const wanted =
    prepend === PREPEND_ALWAYS ||
    (prepend === PREPEND_UNLESS_THERE && !there) ||
    (prepend === PREPEND_TO_TEXT && !there && p === textStart)
  if (wanted) {
    // A space in the byte before the stretch: what was there is encoded already.
    const before = count
    const start = unit
    const firstEnd = start + unitsIn(p, p + widthOf(byte))
    store<u8>(p - 1, 0x20)
    p -= 1
    setUnit(start - 1)
    p = takeCalled(p, nextUncrossed(p, end))
    hidePrepended(before, start, firstEnd)
  }
  while (p < end) p = take(p, nextUncrossed(p, end))
}
