import type { JsonPath } from '../json/index.ts'
import type { Mended } from '../lint/index.ts'

/** What was mended in some rows, counted: few are kept, however many there are. Plain data, so that threads can send it. */
export interface FixTally {
  /** Rows in which something was mended. */
  rows: number
  /** Rows by the rule of which they have fewer findings now. */
  readonly rules: Map<string, number>
  readonly diffs: RowDiff[]
  /** Rows that could not be read, and that are no text that could be kept. */
  leftOut: number
}

/** What became of a row. */
export interface RowDiff {
  /** `chats.jsonl:812` */
  readonly where: string
  readonly mends: readonly MendDiff[]
}

/** What was mended at once, and for which rules. */
export interface MendDiff {
  readonly rules: readonly string[]
  /** `messages[1].content` */
  readonly changes: readonly ChangeDiff[]
  /** Changes beyond those. */
  readonly moreChanges: number
}

/** JSON before and after, cut round the place where they part. */
export interface ChangeDiff {
  readonly path: string
  readonly before: string
  readonly after: string
}

/** Rows, and changes of a row, that are kept to be shown. */
const MAX_DIFFS = 20
const MAX_CHANGES = 8
/** UTF-16 units that are kept of a value: before the place where it changes, and from there. */
const BEFORE = 24
const FROM_THERE = 200

/** Of no rows yet. */
export function emptyFixTally(): FixTally {
  return { rows: 0, rules: new Map(), diffs: [], leftOut: 0 }
}

/** Counts a row in which something was mended. */
export function addRowFix(tally: FixTally, where: string, mended: readonly Mended[]): void {
  tally.rows++
  for (const rule of new Set(mended.flatMap(({ rules }) => rules)))
    tally.rules.set(rule, (tally.rules.get(rule) ?? 0) + 1)
  if (tally.diffs.length < MAX_DIFFS) tally.diffs.push({ where, mends: mended.map(toMendDiff) })
}

/** Adds `from`, whose rows come later, to `into`. */
export function addFixTally(into: FixTally, from: FixTally): void {
  into.rows += from.rows
  into.leftOut += from.leftOut
  for (const [rule, rows] of from.rules) into.rules.set(rule, (into.rules.get(rule) ?? 0) + rows)
  into.diffs.push(...from.diffs.slice(0, MAX_DIFFS - into.diffs.length))
}

function toMendDiff({ rules, changes }: Mended): MendDiff {
  return {
    rules,
    changes: changes.slice(0, MAX_CHANGES).map(({ path, before, after }) => ({
      path: nameOf(path),
      ...cut(before, after),
    })),
    moreChanges: Math.max(0, changes.length - MAX_CHANGES),
  }
}

/** `messages[1].tool_calls[0].function.arguments` */
function nameOf(path: JsonPath): string {
  return path.reduce<string>((name, step) => {
    if (typeof step === 'number') return `${name}[${step}]`
    return name === '' ? step : `${name}.${step}`
  }, '')
}

function cut(before: string, after: string): { before: string; after: string } {
  const length = Math.min(before.length, after.length)
  let at = 0
  while (at < length && before[at] === after[at]) at++
  const start = at > BEFORE + 1 ? at - BEFORE : 0
  const toPart = (text: string): string =>
    `${start === 0 ? '' : '…'}${text.slice(start, at + FROM_THERE)}${text.length > at + FROM_THERE ? '…' : ''}`
  return { before: toPart(before), after: toPart(after) }
}
