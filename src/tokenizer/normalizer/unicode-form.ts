import { type AlignedText, Rewrite } from '../aligned-text.ts'
import { crateSet } from '../unicode/index.ts'
import type { Normalizer } from './normalizer.ts'

export type UnicodeForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD'

/** One character of the normalized text, and how it came about. */
interface Change {
  readonly code: number
  /** 1: added; 0: in place of a character; -n: in place of one and of the n behind it. */
  readonly change: number
}

const isNewer = crateSet('newerThanNormalization')
/** The mark with the highest combining class: every other one moves before it. */
const LAST_MARK = 0x345
/** Answers of the engine's own normalization that are kept. */
const MAX_REMEMBERED = 2 ** 16

/**
 * NFC and its siblings, with the alignment of the `tokenizers` crate: a composed character has the range of its first source
 * character only, and marks that changed places keep the places' ranges, not their own.
 *
 * The crate's tables are of Unicode 9: what is newer stays as it is.
 */
export function normalizeUnicode(form: UnicodeForm): Normalizer {
  return source => {
    const { text } = source
    if (!hasLongMarks(text) && text.normalize(form) === text && !hasNewer(text)) return source
    const decomposed = decompose(text, form)
    const changes = form === 'NFC' || form === 'NFKC' ? recompose(decomposed) : decomposed
    return applyChanges(source, changes)
  }
}

/** As the crate's `transform`. Each character that is replaced or removed is the next one, whichever it was. */
export function applyChanges(source: AlignedText, changes: readonly Change[], removedFirst = 0): AlignedText {
  const rewrite = new Rewrite(source)
  rewrite.skip(removedFirst)
  for (const { code, change } of changes) {
    const char = String.fromCodePoint(code)
    if (change > 0) rewrite.insert(char)
    else {
      rewrite.replace(char)
      rewrite.skip(-change)
    }
  }
  return rewrite.finish()
}

/** From the beginning of each run, so that none is looked at twice. */
const LONG_MARKS = /(?<!\p{M})\p{M}{500}/u

/** Whether a text holds so many marks in a row that the engine's own `normalize`, which sorts by insertion, may take for ever. */
export function hasLongMarks(text: string): boolean {
  return text.length > 500 && LONG_MARKS.test(text)
}

function hasNewer(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f && isNewer(text.codePointAt(i)!)) return true
  }
  return false
}

/** Each character taken apart, marks sorted by combining class. */
function decompose(text: string, form: UnicodeForm): Change[] {
  const full = form === 'NFC' || form === 'NFD' ? 'NFD' : 'NFKD'
  const changes: Change[] = []
  /** Marks since the last character that is none. */
  let marks: Change[] = []
  const add = (change: Change) => {
    if (isMark(change.code)) {
      marks.push(change)
      return
    }
    for (const mark of sortMarks(marks)) changes.push(mark)
    if (marks.length > 0) marks = []
    changes.push(change)
  }
  for (const char of text) {
    const code = char.codePointAt(0)!
    const parts = code < 0x80 || isNewer(code) ? [code] : codesOf(char.normalize(full))
    for (const [i, part] of parts.entries()) add({ code: part, change: i === 0 ? 0 : 1 })
  }
  for (const mark of sortMarks(marks)) changes.push(mark)
  return changes
}

/** By class, in their order within one. Asking for each two of them would take too long where a text is nothing but marks. */
function sortMarks(marks: Change[]): Change[] {
  if (marks.length < 2) return marks
  const codes = [...new Set(marks.map(({ code }) => code))].sort(compareClasses)
  const ranks = new Map<number, number>()
  let rank = 0
  for (const [i, code] of codes.entries()) {
    if (i > 0 && isHigher(code, codes[i - 1]!)) rank++
    ranks.set(code, rank)
  }
  return marks.sort((a, b) => ranks.get(a.code)! - ranks.get(b.code)!)
}

function compareClasses(first: number, second: number): number {
  return Number(isHigher(first, second)) - Number(isHigher(second, first))
}

function recompose(decomposed: readonly Change[]): Change[] {
  const changes: Change[] = []
  let starter: Change | undefined
  /** Marks that stay by themselves until their starter is complete. */
  let marks: Change[] = []
  const flush = () => {
    if (starter !== undefined) changes.push(starter)
    for (const mark of marks) changes.push(mark)
    if (marks.length > 0) marks = []
  }
  for (const next of decomposed) {
    const last = marks.at(-1)
    const isBlocked = last !== undefined && (!isMark(next.code) || !isHigher(next.code, last.code))
    const code = starter === undefined || isBlocked ? undefined : compose(starter.code, next.code)
    if (starter !== undefined && code !== undefined)
      starter = { code, change: starter.change + next.change - 1 }
    else if (!isMark(next.code)) {
      flush()
      starter = next
    } else if (starter === undefined) changes.push(next)
    else marks.push(next)
  }
  flush()
  return changes
}

const composed = new Map<number, number | undefined>()

function compose(first: number, second: number): number | undefined {
  const pair = first * 0x110000 + second
  if (composed.has(pair)) return composed.get(pair)
  if (composed.size >= MAX_REMEMBERED) composed.clear()
  const codes = codesOf((String.fromCodePoint(first) + String.fromCodePoint(second)).normalize('NFC'))
  const isOne = codes.length === 1 && ![first, second, codes[0]!].some(isNewer)
  composed.set(pair, isOne ? codes[0] : undefined)
  return composed.get(pair)
}

const isMarkOf = new Map<number, boolean>()

/** Whether a character that is its own decomposition has a combining class. */
function isMark(code: number): boolean {
  if (code < 0x300) return false
  let found = isMarkOf.get(code)
  if (found === undefined) {
    if (isMarkOf.size >= MAX_REMEMBERED) isMarkOf.clear()
    found = !isNewer(code) && (code === LAST_MARK || isHigher(LAST_MARK, code))
    isMarkOf.set(code, found)
  }
  return found
}

/** Whether the first of two marks belongs behind the second. */
function isHigher(first: number, second: number): boolean {
  const pair = String.fromCodePoint(first) + String.fromCodePoint(second)
  return pair.normalize('NFD') !== pair
}

function codesOf(text: string): number[] {
  return Array.from(text, char => char.codePointAt(0)!)
}
