import type { Finding } from '../mask/index.ts'
import type { RowSubject } from './subject.ts'

/**
 * What a rule about answers says of a row whose strategy doesn't look for them: marks and markers are trained as they stand, and whether the
 * answers between them end is asked of the exact mask.
 */
export function findExactly(subject: RowSubject, rule: string): Finding[] {
  const { strategy, masks } = subject
  if (strategy === 'assistant' || strategy === 'completion') return []
  const { exact } = subject
  const isOfRule = (finding: Finding): boolean => finding.rule === rule
  if (exact === undefined || masks.some(({ findings }) => findings.some(isOfRule))) return []
  return exact.findings.filter(isOfRule)
}
