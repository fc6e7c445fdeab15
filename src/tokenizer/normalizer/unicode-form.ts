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

/**
 * NFC and its siblings, with the alignment of the `tokenizers` crate: a composed character has the range of its first source
 * character only, and marks that changed places keep the places' ranges, not their own.
 *
 * The crate's tables are of Unicode 9: what is newer stays as it is.
 */
export function normalizeUnicode(form: UnicodeForm): Normalizer {
  return source => {
    if (source.text.normalize(form) === source.text && !hasNewer(source.text)) return source
    const decomposed = decompose(source.text, form)
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
  /** Where the marks begin that have to be sorted. */
  let marks = 0
  for (const char of text) {
    const code = char.codePointAt(0)!
    if (code < 0x300 && code < 0x80) {
      marks = changes.push({ code, change: 0 })
      continue
    }
    const parts = isNewer(code) ? [code] : codesOf(char.normalize(full))
    for (const [i, part] of parts.entries()) {
      const change = { code: part, change: i === 0 ? 0 : 1 }
      if (isMark(part)) insertSorted(changes, marks, change)
      else marks = changes.push(change)
    }
  }
  return changes
}

/** Puts a mark behind all from `from` on whose class isn't higher. */
function insertSorted(changes: Change[], from: number, mark: Change): void {
  let at = changes.length
  while (at > from && isHigher(changes[at - 1]!.code, mark.code)) at--
  changes.splice(at, 0, mark)
}

function recompose(decomposed: readonly Change[]): Change[] {
  const changes: Change[] = []
  let starter: Change | undefined
  /** Marks that stay by themselves until their starter is complete. */
  let marks: Change[] = []
  const flush = () => {
    if (starter !== undefined) changes.push(starter)
    changes.push(...marks)
    marks = []
  }
  for (const next of decomposed) {
    const last = marks.at(-1)
    const isBlocked = last !== undefined && (!isMark(next.code) || !isHigher(next.code, last.code))
    const composed = starter === undefined || isBlocked ? undefined : compose(starter.code, next.code)
    if (starter !== undefined && composed !== undefined)
      starter = { code: composed, change: starter.change + next.change - 1 }
    else if (!isMark(next.code)) {
      flush()
      starter = next
    } else if (starter === undefined) changes.push(next)
    else marks.push(next)
  }
  flush()
  return changes
}

function compose(first: number, second: number): number | undefined {
  if (isNewer(first) || isNewer(second)) return undefined
  const codes = codesOf((String.fromCodePoint(first) + String.fromCodePoint(second)).normalize('NFC'))
  return codes.length === 1 && !isNewer(codes[0]!) ? codes[0] : undefined
}

/** Whether a character that is its own decomposition has a combining class. */
function isMark(code: number): boolean {
  if (code < 0x300 || isNewer(code)) return false
  return code === LAST_MARK || isHigher(LAST_MARK, code)
}

/** Whether the first of two marks belongs behind the second. */
function isHigher(first: number, second: number): boolean {
  const pair = String.fromCodePoint(first) + String.fromCodePoint(second)
  return pair.normalize('NFD') !== pair
}

function codesOf(text: string): number[] {
  return Array.from(text, char => char.codePointAt(0)!)
}
