// str methods that look for text. Positions are code points, as Python counts.
import { codePointLength, codePointSliceRanges, type Span, toCodePointIndex } from './code-points.ts'
import { PyError } from './py-error.ts'
import { replaceRanges } from './strings.ts'

/** `find(part, start, stop)`: the code point index of the first occurrence, or -1. */
export function find(text: string, part: string, start?: number, stop?: number): number {
  const window = windowOf(text, start, stop)
  if (window === undefined) return -1
  const found = text.slice(window[0], window[1]).indexOf(part)
  return found < 0 ? -1 : toCodePointIndex(text, window[0] + found)
}

/** `rfind(part, start, stop)`: the code point index of the last occurrence, or -1. */
export function rfind(text: string, part: string, start?: number, stop?: number): number {
  const window = windowOf(text, start, stop)
  if (window === undefined) return -1
  const found = text.slice(window[0], window[1]).lastIndexOf(part)
  return found < 0 ? -1 : toCodePointIndex(text, window[0] + found)
}

/** `index(part, start, stop)`. @throws PyError `ValueError` where `find` gives -1 */
export function index(text: string, part: string, start?: number, stop?: number): number {
  return found(find(text, part, start, stop))
}

/** `rindex(part, start, stop)`. @throws PyError `ValueError` where `rfind` gives -1 */
export function rindex(text: string, part: string, start?: number, stop?: number): number {
  return found(rfind(text, part, start, stop))
}

function found(position: number): number {
  if (position < 0) throw new PyError('ValueError', 'substring not found')
  return position
}

/** `count(part, start, stop)`: occurrences that do not overlap. */
export function count(text: string, part: string, start?: number, stop?: number): number {
  const window = windowOf(text, start, stop)
  return window === undefined ? 0 : replaceRanges(text.slice(window[0], window[1]), part).length
}

/** `startswith(prefix, start, stop)`; of several prefixes, any. */
export function startswith(
  text: string,
  prefix: string | readonly string[],
  start?: number,
  stop?: number,
): boolean {
  return isAtEdge(text, prefix, start, stop, (inside, part) => inside.startsWith(part))
}

/** `endswith(suffix, start, stop)`; of several suffixes, any. */
export function endswith(
  text: string,
  suffix: string | readonly string[],
  start?: number,
  stop?: number,
): boolean {
  return isAtEdge(text, suffix, start, stop, (inside, part) => inside.endsWith(part))
}

function isAtEdge(
  text: string,
  parts: string | readonly string[],
  start: number | undefined,
  stop: number | undefined,
  test: (inside: string, part: string) => boolean,
): boolean {
  if (typeof parts === 'string' && start === undefined && stop === undefined) return test(text, parts)
  const window = windowOf(text, start, stop)
  if (window === undefined) return false
  const inside = window[0] === 0 && window[1] === text.length ? text : text.slice(window[0], window[1])
  return typeof parts === 'string' ? test(inside, parts) : parts.some(part => test(inside, part))
}

/** The stretch to search; undefined where start lies behind the end: there not even the empty string is found. */
function windowOf(text: string, start: number | undefined, stop: number | undefined): Span | undefined {
  if (start === undefined && stop === undefined) return [0, text.length]
  const length = codePointLength(text)
  const from = Math.max((start ?? 0) < 0 ? start! + length : (start ?? 0), 0)
  const to = Math.min(Math.max((stop ?? length) < 0 ? stop! + length : (stop ?? length), 0), length)
  if (from > to) return undefined
  const [span] = codePointSliceRanges(text, from, to)
  if (span !== undefined) return span
  const unit = codePointSliceRanges(text, 0, from)[0]?.[1] ?? 0
  return [unit, unit]
}
