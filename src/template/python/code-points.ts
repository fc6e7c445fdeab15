import { PyError } from './py-error.ts'

/** Characters of a string in UTF-16 units, [start, end). */
export type Span = readonly [start: number, end: number]

/** Python counts in code points. Only text with surrogates, outside the Basic Multilingual Plane, makes that differ from UTF-16. */
function hasSurrogates(text: string): boolean {
  return /[\ud800-\udfff]/.test(text)
}

/** `len(text)`. */
export function codePointLength(text: string): number {
  if (!hasSurrogates(text)) return text.length
  let length = 0
  for (const _ of text) length++
  return length
}

/** `text[index]`, negative indexes from the end; undefined where Python raises IndexError. */
export function codePointAt(text: string, index: number): Span | undefined {
  const starts = unitStarts(text)
  const length = starts === undefined ? text.length : starts.length - 1
  const at = index < 0 ? index + length : index
  if (at < 0 || at >= length) return undefined
  return starts === undefined ? [at, at + 1] : [starts[at]!, starts[at + 1]!]
}

/**
 * `text[start:stop:step]`; undefined is Python's None. One span where the step is 1, else one for each character, in the order of the result.
 *
 * @throws PyError `ValueError` when the step is 0
 */
export function codePointSliceRanges(
  text: string,
  start: number | undefined,
  stop: number | undefined,
  step?: number,
): Span[] {
  const starts = unitStarts(text)
  const length = starts === undefined ? text.length : starts.length - 1
  const unit = (at: number): number => (starts === undefined ? at : starts[at]!)
  const slice = sliceIndices(length, start, stop, step)
  if (slice.step === 1) {
    return slice.start < slice.stop ? [[unit(slice.start), unit(slice.stop)]] : []
  }
  const spans: Span[] = []
  for (let at = slice.start; slice.step > 0 ? at < slice.stop : at > slice.stop; at += slice.step) {
    spans.push([unit(at), unit(at + 1)])
  }
  return spans
}

/**
 * `slice(start, stop, step).indices(length)`; undefined is Python's None.
 *
 * @throws PyError `ValueError` when the step is 0
 */
export function sliceIndices(
  length: number,
  start: number | undefined,
  stop: number | undefined,
  step = 1,
): { start: number; stop: number; step: number } {
  if (step === 0) throw new PyError('ValueError', 'slice step cannot be zero')
  const first = step > 0 ? 0 : -1
  const last = step > 0 ? length : length - 1
  const clamp = (index: number): number => Math.min(Math.max(index < 0 ? index + length : index, first), last)
  return {
    start: start === undefined ? (step > 0 ? first : last) : clamp(start),
    stop: stop === undefined ? (step > 0 ? last : first) : clamp(stop),
    step,
  }
}

/** The code point index of a UTF-16 position. */
export function toCodePointIndex(text: string, unit: number): number {
  return codePointLength(text.slice(0, unit))
}

/** Where each code point starts, and the text's end; undefined when every code point is one unit. */
function unitStarts(text: string): number[] | undefined {
  if (!hasSurrogates(text)) return undefined
  const starts: number[] = []
  let unit = 0
  for (const char of text) {
    starts.push(unit)
    unit += char.length
  }
  starts.push(unit)
  return starts
}
