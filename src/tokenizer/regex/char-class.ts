import type { Escape } from './escapes.ts'
import { readEscape } from './escapes.ts'
import { posixRanges } from './properties.ts'
import { complement, intersection, type RangeSet, toRangeSet, union } from './range-set.ts'
import { Untranslatable } from './untranslatable.ts'

/** A set, and where its text ends. */
export interface ReadClass {
  readonly set: RangeSet
  readonly end: number
}

/** Reads `[…]` from the unit behind its `[`: ranges, escapes, nested classes, `[:alpha:]`, `&&`. */
export function readClass(source: string, start: number): ReadClass {
  let at = start
  const isNegated = source[at] === '^'
  if (isNegated) at++
  if (source[at] === ']') throw new Untranslatable('an empty class')
  let members: RangeSet[] = []
  /** What stands left of the last `&&`. */
  let left: RangeSet | undefined
  const close = (): RangeSet =>
    left === undefined ? union(...members) : intersection(left, union(...members))
  for (;;) {
    const char = source[at]
    if (char === undefined) throw new Untranslatable('a class without its end')
    if (char === ']') break
    if (source.startsWith('&&', at)) {
      left = close()
      members = []
      at += 2
      continue
    }
    if (char === '[') {
      const nested = readPosix(source, at) ?? readClass(source, at + 1)
      members.push(nested.set)
      at = nested.end
      continue
    }
    const low = readMember(source, at)
    at = low.end
    const isRange =
      source[at] === '-' &&
      source[at + 1] !== ']' &&
      source[at + 1] !== undefined &&
      !source.startsWith('&&', at + 1)
    if (!isRange || low.code === undefined) {
      members.push(low.set)
      continue
    }
    if (source[at + 1] === '[') throw new Untranslatable('a range that ends in a class')
    const high = readMember(source, at + 1)
    if (high.code === undefined || high.code < low.code) throw new Untranslatable('a range without an end')
    members.push([[low.code, high.code]])
    at = high.end
  }
  const set = close()
  return { set: isNegated ? complement(set) : set, end: at + 1 }
}

/** One character or class escape; `code` when it can be the end of a range. */
function readMember(source: string, at: number): Escape {
  if (source[at] === '\\') {
    if (source[at + 1] === 'b') return { set: [[8, 8]], code: 8, end: at + 2 }
    const letter = source[at + 1]
    if (letter === 'w' || letter === 'W') {
      const word = posixRanges('word')!
      return { set: letter === 'w' ? word : complement(word), code: undefined, end: at + 2 }
    }
    const found = readEscape(source, at)
    if (found === undefined) throw new Untranslatable(`\\${source[at + 1] ?? ''} in a class`)
    return found
  }
  const code = source.codePointAt(at)!
  return { set: toRangeSet([[code, code]]), code, end: at + (code > 0xffff ? 2 : 1) }
}

/** `[:alpha:]` and `[:^alpha:]`. */
function readPosix(source: string, at: number): ReadClass | undefined {
  const match = /^\[:(\^?)([a-z]+):\]/.exec(source.slice(at, at + 20))
  if (match === null) return undefined
  const set = posixRanges(match[2]!)
  if (set === undefined) throw new Untranslatable(`[:${match[2]}:]`)
  return { set: match[1] === '^' ? complement(set) : set, end: at + match[0].length }
}
