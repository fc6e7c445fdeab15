import type { CodeRange } from '../unicode/index.ts'

const LAST = 0x10ffff

/** Ranges of code points, sorted, without overlaps or neighbours. */
export type RangeSet = readonly CodeRange[]

export function toRangeSet(ranges: readonly CodeRange[]): RangeSet {
  const set: [number, number][] = []
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const before = set.at(-1)
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else set.push([first, last])
  }
  return set
}

export function union(...sets: RangeSet[]): RangeSet {
  return toRangeSet(sets.flat())
}

export function complement(set: RangeSet): RangeSet {
  const gaps: CodeRange[] = []
  let next = 0
  for (const [first, last] of set) {
    if (next < first) gaps.push([next, first - 1])
    next = last + 1
  }
  if (next <= LAST) gaps.push([next, LAST])
  return gaps
}

export function intersection(left: RangeSet, right: RangeSet): RangeSet {
  return complement(union(complement(left), complement(right)))
}

export function has(set: RangeSet, code: number): boolean {
  return set.some(([first, last]) => first <= code && code <= last)
}

/** The set as a class of a JavaScript regular expression with the u flag, the shorter way round. */
export function toClassSource(set: RangeSet): string {
  const outside = complement(set)
  return outside.length < set.length
    ? `[^${outside.map(writeRange).join('')}]`
    : `[${set.map(writeRange).join('')}]`
}

export function writeCode(code: number): string {
  const isPlain =
    (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
  return isPlain ? String.fromCharCode(code) : `\\u{${code.toString(16)}}`
}

function writeRange([first, last]: CodeRange): string {
  if (first === last) return writeCode(first)
  return `${writeCode(first)}${last > first + 1 ? '-' : ''}${writeCode(last)}`
}
