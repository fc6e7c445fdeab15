import { joinOrigins, type Origin, TurnMark } from './origin.ts'
import { TemplateObject } from './template-object.ts'

/**
 * A Python str that knows where its characters came from.
 *
 * A leaf has one origin: with an `offset` its characters are the origin's own, one for one, from there on; with -1 they were
 * rewritten. A rope is two strs behind one another; building one costs nothing, however long the two are.
 */
export class Str extends TemplateObject {
  readonly text: string
  readonly origin: Origin
  /** Where the characters start in the origin's string (UTF-16 units), or -1. */
  readonly offset: number
  readonly left: Str | undefined
  readonly right: Str | undefined
  /** Whether it is `Markup`: what is added to it by `+` is escaped. */
  readonly safe: boolean

  constructor(
    text: string,
    origin: Origin,
    offset: number,
    safe = false,
    left: Str | undefined = undefined,
    right: Str | undefined = undefined,
  ) {
    super()
    this.text = text
    this.origin = origin
    this.offset = offset
    this.safe = safe
    this.left = left
    this.right = right
  }

  override get typeName(): string {
    return this.safe ? 'Markup' : 'str'
  }
  override get isTrue(): boolean {
    return this.text.length > 0
  }
}

export const EMPTY: Str = new Str('', undefined, -1)

/** Text that a template made of no text: a number, a date. */
export function computed(text: string): Str {
  return new Str(text, undefined, -1)
}

/** `left` and `right` behind one another. Empty strs are kept as long as they are marks of a turn. */
export function concat(left: Str, right: Str): Str {
  if (left.text === '' && !isMark(left)) return right
  if (right.text === '' && !isMark(right)) return left
  return new Str(left.text + right.text, undefined, -1, false, left, right)
}

/** Whether a str without characters stands for something: it marks where a turn starts or ends. */
function isMark(str: Str): boolean {
  return str.origin instanceof TurnMark || str.left !== undefined
}

/** The leaves of a str, in order. */
export function leavesOf(str: Str): Str[] {
  if (str.left === undefined) return [str]
  const leaves: Str[] = []
  const waiting: Str[] = [str]
  // A loop that adds to a str makes a rope as deep as it has pieces: no recursion here.
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.left === undefined) leaves.push(next)
    else waiting.push(next.right!, next.left)
  }
  return leaves
}

/** Many strs behind one another, as a balanced rope. */
export function concatAll(parts: readonly Str[], from = 0, to: number = parts.length): Str {
  if (to - from === 0) return EMPTY
  if (to - from === 1) return parts[from]!
  const middle = (from + to) >> 1
  return concat(concatAll(parts, from, middle), concatAll(parts, middle, to))
}

/** The characters [start, end) in UTF-16 units, with their origins. */
export function sliceStr(str: Str, start: number, end: number): Str {
  if (start === 0 && end === str.text.length) return str
  if (str.left === undefined) return sliceLeaf(str, start, end)
  const kept: Str[] = []
  let at = 0
  for (const leaf of leavesOf(str)) {
    const next = at + leaf.text.length
    if (leaf.text === '') {
      if (isMark(leaf)) kept.push(leaf)
    } else if (next > start && at < end) {
      kept.push(sliceLeaf(leaf, Math.max(start - at, 0), Math.min(end, next) - at))
    }
    at = next
  }
  return asMarkup(concatAll(kept), str.safe)
}

function sliceLeaf(leaf: Str, start: number, end: number): Str {
  if (start === 0 && end === leaf.text.length) return leaf
  if (start >= end) return leaf.safe ? new Str('', undefined, -1, true) : EMPTY
  return new Str(
    leaf.text.slice(start, end),
    leaf.origin,
    leaf.offset < 0 ? -1 : leaf.offset + start,
    leaf.safe,
  )
}

/** Text made by rewriting strs: its origin is all of theirs. Where nothing changed, the first is given back. */
export function rewritten(text: string, from: Str, ...others: readonly Str[]): Str {
  if (text === from.text) return from
  return new Str(text, originOf(from, ...others), -1)
}

/** The origins of all characters of some strs, as one. */
export function originOf(...strs: readonly Str[]): Origin {
  let origin: Origin
  for (const str of strs) {
    for (const leaf of leavesOf(str)) if (leaf.text !== '') origin = joinOrigins(origin, leaf.origin)
  }
  return origin
}

/** The same characters as Markup, or as a plain str. */
export function asMarkup(str: Str, safe: boolean): Str {
  if (str.safe === safe) return str
  return new Str(str.text, str.origin, str.offset, safe, str.left, str.right)
}
