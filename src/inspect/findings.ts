import type { Finding } from '../mask/index.ts'

/** A finding with the row that it was found in. */
export interface RowFinding {
  /** `row 3`, `chats.jsonl:4`: as the caller names its rows. */
  readonly where: string
  readonly finding: Finding
}

/** Equal findings, counted: the first of them speaks for all. */
export interface FindingGroup {
  readonly first: RowFinding
  readonly count: number
}

const SEVERITIES = ['error', 'warn', 'info'] as const

/** Findings of one rule and severity together, errors first, then in the order in which they were found. */
export function groupFindings(findings: readonly RowFinding[]): FindingGroup[] {
  const groups = new Map<string, { first: RowFinding; count: number }>()
  for (const found of findings) {
    const key = `${found.finding.severity} ${found.finding.rule}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { first: found, count: 1 })
    else group.count++
  }
  const rank = ({ first }: FindingGroup): number => SEVERITIES.indexOf(first.finding.severity)
  return [...groups.values()].sort((a, b) => rank(a) - rank(b))
}
