import type { LosslineError } from '../error.ts'
import type { Finding, Masked } from '../mask/index.ts'
import { toExcerpt } from './excerpt.ts'
import type { RuleLevels } from './levels.ts'
import type { MaskRule, RowRule, SetRule } from './rule.ts'
import { RULES } from './rules/index.ts'
import type { RowSubject } from './subject.ts'
import { addFindings, type LintTally } from './tally.ts'

const MASK_RULES: readonly MaskRule[] = RULES.filter(rule => rule.kind === 'mask')
const ROW_RULES: readonly RowRule[] = RULES.filter(rule => rule.kind === 'row')
const SET_RULES: readonly SetRule[] = RULES.filter(rule => rule.kind === 'set')

/** A finding, with the text in which its place counts. */
export type PlacedFinding = readonly [finding: Finding, masked: Masked | undefined]

/**
 * Puts one row to all rules, and counts what they say.
 *
 * @param read what was found when the row was read
 */
export function lintRow(
  tally: LintTally,
  subject: RowSubject,
  read: readonly Finding[],
  levels: RuleLevels,
): void {
  countRow(tally, subject, findInRow(subject, read, levels), levels)
}

/** What the rules that look at one row say of it, and what was found when it was read. */
export function findInRow(
  subject: RowSubject,
  read: readonly Finding[],
  levels: RuleLevels,
): PlacedFinding[] {
  const placed: PlacedFinding[] = read.map(finding => [finding, undefined])
  for (const masked of subject.masks) {
    for (const finding of masked.findings) placed.push([finding, masked])
    for (const rule of MASK_RULES) {
      if (levels[rule.name] === 'off') continue
      for (const finding of rule.check(masked, subject)) placed.push([finding, masked])
    }
  }
  for (const rule of ROW_RULES) {
    if (levels[rule.name] === 'off') continue
    for (const finding of rule.check(subject)) placed.push([finding, subject.masks[0]])
  }
  return placed
}

/** Counts a row with what was found in it, and shows it to the rules that count over all rows. */
export function countRow(
  tally: LintTally,
  subject: RowSubject,
  placed: readonly PlacedFinding[],
  levels: RuleLevels,
): void {
  tally.rows++
  tally.hasConversations ||= subject.example.kind === 'conversation'
  tally.hasMarks ||= subject.masks.some(({ rendered }) => rendered.marks.length > 0)
  const owners = new Map(placed)
  addFindings(tally, subject.where, [...owners.keys()], finding => toExcerpt(finding, owners.get(finding)))
  for (const rule of SET_RULES) {
    if (levels[rule.name] === 'off') continue
    if (!tally.states.has(rule.name)) tally.states.set(rule.name, rule.start())
    rule.add(tally.states.get(rule.name), subject)
  }
}

/** Adds the states of the rules that count over all rows. `from` has the later rows. */
export function addStates(into: LintTally, from: LintTally): void {
  for (const rule of SET_RULES) {
    const state = from.states.get(rule.name)
    if (state === undefined) continue
    if (!into.states.has(rule.name)) into.states.set(rule.name, rule.start())
    rule.merge(into.states.get(rule.name), state)
  }
}

/** Counts a row that can't be used. */
export function lintFailure(tally: LintTally, where: string, error: LosslineError): void {
  tally.rows++
  addFindings(tally, where, [toFailureFinding(error)], () => undefined)
}

/** A row that can't be used, as a finding. */
export function toFailureFinding(error: LosslineError): Finding {
  const text = `${error.where === undefined ? '' : `${error.where} `}${error.message}`
  return { rule: ruleOf(error), severity: 'error', text }
}

/** The rule that an error of a row belongs to. */
function ruleOf({ code }: LosslineError): string {
  if (code === 'conversation/unknown-role') return 'unknown-role'
  return code.startsWith('template/') ? 'template-refuses' : 'unusable-row'
}
