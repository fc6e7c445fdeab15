import { locateMessages, locateStart, type RowOptions } from '../conversation/index.ts'
import type { LosslineError } from '../error.ts'
import { editJson, type Json, type JsonChange, parseJson } from '../json/index.ts'
import type { Finding, MaskContext, Masked } from '../mask/index.ts'
import { MENDS } from './fixes/index.ts'
import type { Mend } from './fixes/mend.ts'
import type { RuleLevels } from './levels.ts'

/** What the rules see in a row. */
export interface SeenRow {
  readonly findings: readonly Finding[]
  /** Empty for a row that can't be used. */
  readonly masks: readonly Masked[]
  /** Why a row can't be used. */
  readonly error: LosslineError | undefined
}

/** What one mend did to a row. */
export interface Mended {
  readonly mend: string
  /** The rules of which the row has fewer findings now. */
  readonly rules: readonly string[]
  readonly changes: readonly JsonChange[]
}

export interface MendOptions<Seen extends SeenRow> {
  /** Puts a row to the rules, whatever is wrong with it. */
  readonly look: (value: Json) => Seen
  readonly context: MaskContext
  readonly rows: RowOptions | undefined
  readonly levels: RuleLevels
  /** The row is of Arrow or Parquet. */
  readonly isColumnar: boolean
}

export interface MendedRow<Seen extends SeenRow> {
  /** The row as JSON. */
  readonly text: string
  readonly seen: Seen
  readonly mended: readonly Mended[]
}

/**
 * Mends what can be mended in a row without guessing. What is changed is looked at again, and kept only where it has fewer findings of those that
 * it is for, and no other error. All other characters of the row stay as they are.
 *
 * @param text the row as JSON
 * @param seen what the rules see in it
 */
export function mendRow<Seen extends SeenRow>(
  text: string,
  value: Json,
  seen: Seen,
  options: MendOptions<Seen>,
): MendedRow<Seen> {
  let row: Row<Seen> = { text, value, seen }
  const mended: Mended[] = []
  // One mend may bring to light what another is for: a row that can't be read has one error, and no findings.
  for (let pass = 0; pass < MENDS.length; pass++) {
    const before = mended.length
    for (const mend of MENDS) {
      const better = applyMend(mend, row, options)
      if (better === undefined) continue
      mended.push({ mend: mend.name, rules: listFewer(mend, row.seen, better.seen), changes: better.changes })
      row = better
    }
    if (mended.length === before) break
  }
  return { text: row.text, seen: row.seen, mended }
}

interface Row<Seen> {
  readonly text: string
  readonly value: Json
  readonly seen: Seen
}

interface EditedRow<Seen> extends Row<Seen> {
  readonly changes: readonly JsonChange[]
}

function applyMend<Seen extends SeenRow>(
  mend: Mend,
  { text, value, seen }: Row<Seen>,
  { look, context, rows, levels, isColumnar }: MendOptions<Seen>,
): EditedRow<Seen> | undefined {
  const findings = seen.findings.filter(({ rule }) => mend.rules.includes(rule) && levels[rule] !== 'off')
  if (findings.length === 0) return undefined
  const { masks, error } = seen
  const places = locateMessages(value, rows)
  const start = locateStart(value, rows)
  const better = mend
    .propose({ row: value, places, start, findings, masks, error, context, isColumnar })
    .map(edits => {
      const edited = editJson(text, edits)
      const parsed = parseJson(edited.text)
      return { text: edited.text, changes: edited.changes, value: parsed, seen: look(parsed) }
    })
    .filter(row => isBetter(mend, seen, row.seen))
  const [first, ...others] = better
  // Where several would do and don't come to the same, which of them is meant is a guess.
  return first !== undefined && others.every(other => writesSame(first.seen, other.seen)) ? first : undefined
}

function isBetter(mend: Mend, before: SeenRow, after: SeenRow): boolean {
  if (countOf(mend.rules, after) >= countOf(mend.rules, before)) return false
  // Of a row that could not be read, nothing was known before.
  if (before.error !== undefined) return true
  return after.error === undefined && [...errorsOf(after)].every(rule => errorsOf(before).has(rule))
}

function listFewer(mend: Mend, before: SeenRow, after: SeenRow): string[] {
  return mend.rules.filter(rule => countOf([rule], after) < countOf([rule], before))
}

function countOf(rules: readonly string[], { findings }: SeenRow): number {
  return findings.filter(({ rule }) => rules.includes(rule)).length
}

function errorsOf({ findings }: SeenRow): ReadonlySet<string> {
  return new Set(findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule))
}

function writesSame(a: SeenRow, b: SeenRow): boolean {
  const textsOf = ({ masks }: SeenRow): string => JSON.stringify(masks.map(({ rendered }) => rendered.text))
  return textsOf(a) === textsOf(b)
}
