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

/** Counts findings as they come: of equal ones only the first is kept. */
export class FindingGroups {
  readonly #groups = new Map<string, { readonly first: RowFinding; count: number }>()

  add(found: RowFinding): void {
    const key = `${found.finding.severity} ${found.finding.rule}`
    const group = this.#groups.get(key)
    if (group === undefined) this.#groups.set(key, { first: found, count: 1 })
    else group.count++
  }

  /** Findings of one rule and severity together, errors first, then in the order in which they were found. */
  list(): FindingGroup[] {
    const rank = ({ first }: FindingGroup): number => SEVERITIES.indexOf(first.finding.severity)
    return [...this.#groups.values()].sort((a, b) => rank(a) - rank(b))
  }
}
