import type { Finding } from '../mask/index.ts'
import type { Excerpt } from './excerpt.ts'

/** Findings of one rule and severity, counted: few are kept, however many there are. */
export interface RuleTally {
  readonly rule: string
  readonly severity: Finding['severity']
  findings: number
  /** Rows with at least one. */
  rows: number
  readonly examples: FoundExample[]
}

/** A finding with its place, to be shown. */
export interface FoundExample {
  /** `chats.jsonl:812`; a model's file, or a folder. */
  readonly where: string
  readonly finding: Finding
  readonly excerpt: Excerpt | undefined
}

/** What the rules have found in some rows. Plain data, so that threads can send it. */
export interface LintTally {
  /** Rows that were looked at, unusable ones among them. */
  rows: number
  /** By severity and rule. */
  readonly rules: Map<string, RuleTally>
  /** Of rules that count over all rows, by name. */
  readonly states: Map<string, unknown>
  /** Whether there were rows with messages; without, what needs a template was not looked at. */
  hasConversations: boolean
  /** Whether some text had generation marks. */
  hasMarks: boolean
}

/** Examples that are kept of each rule. */
export const MAX_EXAMPLES = 3

export function emptyLintTally(): LintTally {
  return { rows: 0, rules: new Map(), states: new Map(), hasConversations: false, hasMarks: false }
}

/**
 * Counts the findings of a row. All of one rule count as one row.
 *
 * @param cut makes the excerpt of a finding that is kept
 */
export function addFindings(
  tally: LintTally,
  where: string,
  found: readonly Finding[],
  cut: (finding: Finding) => Excerpt | undefined,
): void {
  const counted = new Set<RuleTally>()
  for (const finding of found) {
    const entry = entryOf(tally, finding.rule, finding.severity)
    entry.findings++
    if (counted.has(entry)) continue
    counted.add(entry)
    entry.rows++
    if (entry.examples.length < MAX_EXAMPLES) entry.examples.push({ where, finding, excerpt: cut(finding) })
  }
}

/** Adds `from`, whose rows come later, to `into`; states of rules are added by the rules. */
export function addRuleTallies(into: LintTally, from: LintTally): void {
  into.rows += from.rows
  into.hasConversations ||= from.hasConversations
  into.hasMarks ||= from.hasMarks
  for (const { rule, severity, findings, rows, examples } of from.rules.values()) {
    const entry = entryOf(into, rule, severity)
    entry.findings += findings
    entry.rows += rows
    entry.examples.push(...examples.slice(0, MAX_EXAMPLES - entry.examples.length))
  }
}

function entryOf({ rules }: LintTally, rule: string, severity: Finding['severity']): RuleTally {
  const key = `${severity} ${rule}`
  const known = rules.get(key)
  if (known !== undefined) return known
  const entry: RuleTally = { rule, severity, findings: 0, rows: 0, examples: [] }
  rules.set(key, entry)
  return entry
}
