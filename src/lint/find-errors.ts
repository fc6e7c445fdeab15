import type { Finding } from '../mask/index.ts'
import type { MaskRule, RowRule } from './rule.ts'
import { RULES } from './rules/index.ts'
import type { RowSubject } from './subject.ts'

const MASK_RULES: readonly MaskRule[] = RULES.filter(rule => rule.kind === 'mask').filter(mayBeError)
const ROW_RULES: readonly RowRule[] = RULES.filter(rule => rule.kind === 'row').filter(mayBeError)

/**
 * The errors that rules find by looking at a row: what a preparation and a training ask, who stop at errors. Those that are found where masks
 * are made are among the masks' own findings already.
 */
export function findErrors(subject: RowSubject): Finding[] {
  const errors: Finding[] = []
  const add = (findings: readonly Finding[]): void => {
    for (const finding of findings) if (finding.severity === 'error') errors.push(finding)
  }
  for (const masked of subject.masks) for (const rule of MASK_RULES) add(rule.check(masked, subject))
  for (const rule of ROW_RULES) add(rule.check(subject))
  return errors
}

function mayBeError({ severity, worst = severity }: MaskRule | RowRule): boolean {
  return worst === 'error'
}

/** Of so small a share of the rows, rows that are left out are told and are no mistake of the whole. */
const FEW = 1 / 100

/** Whether a rule is about rows that are left out, and there are so few of them that the rest may go on. */
export function isFew(rule: string, rows: number, total: number): boolean {
  return leavesRowsOut(rule) && rows < total * FEW
}

/** Whether what a rule finds is a matter of its share in all rows: such rows are left out, and one of them says nothing. */
export function leavesRowsOut(rule: string): boolean {
  return RULES.some(({ name, leavesRowsOut = false }) => leavesRowsOut && name === rule)
}
