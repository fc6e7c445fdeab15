// str methods that choose characters. They give spans, not text, so that traced strings keep their provenance.
import { isLineBreak, isSpace } from './char-sets.ts'
import type { Span } from './code-points.ts'
import { PyError } from './py-error.ts'

/** `strip`, `lstrip`, `rstrip`: what is left. `chars` is a set of characters; undefined (Python's None) is white space. */
export function stripRange(text: string, chars: string | undefined, side: 'both' | 'left' | 'right'): Span {
  let start = 0
  let end = text.length
  if (chars === undefined) {
    if (side !== 'right') while (start < end && isSpace(text.charCodeAt(start))) start++
    if (side !== 'left') while (end > start && isSpace(text.charCodeAt(end - 1))) end--
    return [start, end]
  }
  const unit = chars.length === 1 ? chars.charCodeAt(0) : 0xd800
  if (unit < 0xd800 || unit > 0xdfff) {
    if (side !== 'right') while (start < end && text.charCodeAt(start) === unit) start++
    if (side !== 'left') while (end > start && text.charCodeAt(end - 1) === unit) end--
    return [start, end]
  }
  const set = new Set(chars)
  if (side !== 'right') {
    while (start < end) {
      const char = charFrom(text, start)
      if (!set.has(char)) break
      start += char.length
    }
  }
  if (side !== 'left') {
    while (end > start) {
      const char = charBefore(text, end)
      if (!set.has(char)) break
      end -= char.length
    }
  }
  return [start, end]
}

function charFrom(text: string, unit: number): string {
  return String.fromCodePoint(text.codePointAt(unit)!)
}

function charBefore(text: string, unit: number): string {
  const low = text.charCodeAt(unit - 1)
  const high = low >= 0xdc00 && low <= 0xdfff && unit > 1 ? text.charCodeAt(unit - 2) : 0
  return high >= 0xd800 && high <= 0xdbff ? text.slice(unit - 2, unit) : text.charAt(unit - 1)
}

/**
 * `text.split(separator, maxsplit)`; a separator of undefined (Python's None) is any run of white space.
 *
 * @throws PyError `ValueError` for an empty separator
 */
export function splitRanges(text: string, separator: string | undefined, maxsplit = -1): Span[] {
  const limit = maxsplit < 0 ? Number.POSITIVE_INFINITY : maxsplit
  if (separator === undefined) return splitAtSpace(text, limit)
  checkSeparator(separator)
  const spans: Span[] = []
  let start = 0
  while (spans.length < limit) {
    const found = text.indexOf(separator, start)
    if (found < 0) break
    spans.push([start, found])
    start = found + separator.length
  }
  spans.push([start, text.length])
  return spans
}

function splitAtSpace(text: string, limit: number): Span[] {
  const spans: Span[] = []
  let at = 0
  while (true) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++
    if (at === text.length) return spans
    if (spans.length >= limit) {
      // The last piece keeps its white space, that at the text's end too.
      spans.push([at, text.length])
      return spans
    }
    const start = at
    while (at < text.length && !isSpace(text.charCodeAt(at))) at++
    spans.push([start, at])
  }
}

/**
 * `text.rsplit(separator, maxsplit)`: as split, but cut from the right.
 *
 * @throws PyError `ValueError` for an empty separator
 */
export function rsplitRanges(text: string, separator: string | undefined, maxsplit = -1): Span[] {
  const limit = maxsplit < 0 ? Number.POSITIVE_INFINITY : maxsplit
  if (separator === undefined) return rsplitAtSpace(text, limit)
  checkSeparator(separator)
  const spans: Span[] = []
  let end = text.length
  while (spans.length < limit && end >= separator.length) {
    const found = text.lastIndexOf(separator, end - separator.length)
    if (found < 0) break
    spans.push([found + separator.length, end])
    end = found
  }
  spans.push([0, end])
  return spans.reverse()
}

function rsplitAtSpace(text: string, limit: number): Span[] {
  const spans: Span[] = []
  let at = text.length
  while (true) {
    while (at > 0 && isSpace(text.charCodeAt(at - 1))) at--
    if (at === 0) return spans.reverse()
    if (spans.length >= limit) {
      spans.push([0, at])
      return spans.reverse()
    }
    const end = at
    while (at > 0 && !isSpace(text.charCodeAt(at - 1))) at--
    spans.push([at, end])
  }
}

/** `text.splitlines(keepends)`: at Python's line boundaries, of which `\n` is one of ten; no empty line after the last. */
export function splitlinesRanges(text: string, keepends = false): Span[] {
  const spans: Span[] = []
  let start = 0
  for (let at = 0; at < text.length; ) {
    const unit = text.charCodeAt(at)
    if (!isLineBreak(unit)) {
      at++
      continue
    }
    const next = unit === 13 && text.charCodeAt(at + 1) === 10 ? at + 2 : at + 1
    spans.push([start, keepends ? next : at])
    start = next
    at = next
  }
  if (start < text.length) spans.push([start, text.length])
  return spans
}

/**
 * `text.partition(separator)`: before, separator, after.
 *
 * @throws PyError `ValueError` for an empty separator
 */
export function partitionRanges(text: string, separator: string): [Span, Span, Span] {
  checkSeparator(separator)
  const found = text.indexOf(separator)
  const end = text.length
  if (found < 0)
    return [
      [0, end],
      [end, end],
      [end, end],
    ]
  return aroundMatch(text, separator, found)
}

/**
 * `text.rpartition(separator)`: before, separator, after; all is "after" where the separator is missing.
 *
 * @throws PyError `ValueError` for an empty separator
 */
export function rpartitionRanges(text: string, separator: string): [Span, Span, Span] {
  checkSeparator(separator)
  const found = text.lastIndexOf(separator)
  if (found < 0)
    return [
      [0, 0],
      [0, 0],
      [0, text.length],
    ]
  return aroundMatch(text, separator, found)
}

function aroundMatch(text: string, separator: string, found: number): [Span, Span, Span] {
  const after = found + separator.length
  return [
    [0, found],
    [found, after],
    [after, text.length],
  ]
}

function checkSeparator(separator: string): void {
  if (separator === '') throw new PyError('ValueError', 'empty separator')
}

/** `text.removeprefix(prefix)`. */
export function removePrefixRange(text: string, prefix: string): Span {
  return [text.startsWith(prefix) ? prefix.length : 0, text.length]
}

/** `text.removesuffix(suffix)`. */
export function removeSuffixRange(text: string, suffix: string): Span {
  return [0, text.endsWith(suffix) ? text.length - suffix.length : text.length]
}

/**
 * `text.replace(old, replacement, count)` as matches: the spans of `text` that are replaced. An empty `old` matches before every
 * character and at the end.
 */
export function replaceRanges(text: string, old: string, count = -1): Span[] {
  const limit = count < 0 ? Number.POSITIVE_INFINITY : count
  const spans: Span[] = []
  let at = 0
  while (spans.length < limit && at <= text.length) {
    const found = text.indexOf(old, at)
    if (found < 0) break
    spans.push([found, found + old.length])
    at =
      old === ''
        ? found < text.length
          ? found + charFrom(text, found).length
          : found + 1
        : found + old.length
  }
  return spans
}

/** `text.replace(old, replacement, count)`; a count of -1 is all. */
export function replace(text: string, old: string, replacement: string, count = -1): string {
  // split and join: replaceAll would read `$&` in the replacement.
  if (count < 0 && old !== '') return text.split(old).join(replacement)
  let out = ''
  let at = 0
  for (const [start, end] of replaceRanges(text, old, count)) {
    out += text.slice(at, start) + replacement
    at = end
  }
  return out + text.slice(at)
}
