import type { Finding } from '../mask/index.ts'
import { isFew } from './find-errors.ts'
import type { RuleLevels } from './levels.ts'
import type { ModelRule, Need, PreparedRule, Rule, SetRule, Severity } from './rule.ts'
import { RULES } from './rules/index.ts'
import type { ModelSubject } from './subject.ts'
import type { FoundExample, LintTally } from './tally.ts'

/** What was found, and what was not looked for. */
export interface LintReport {
  readonly rows: number
  /** Worst first. */
  readonly groups: readonly RuleGroup[]
  readonly notRun: readonly { readonly rule: string; readonly needs: readonly Need[] }[]
}

/** All findings of a rule that count as the same. */
export interface RuleGroup {
  readonly rule: Rule
  readonly severity: Severity
  readonly findings: number
  /** Rows with such a finding; undefined where it is about no row. */
  readonly rows: number | undefined
  readonly examples: readonly FoundExample[]
}

const SEVERITIES: readonly Severity[] = ['error', 'warn', 'info']

/** Runs the rules about a model. */
export function lintModel(model: ModelSubject, where: string, levels: RuleLevels): FoundExample[] {
  const rules: readonly ModelRule[] = RULES.filter(rule => rule.kind === 'model')
  return rules
    .filter(({ name }) => levels[name] !== 'off')
    .flatMap(rule => rule.check(model))
    .map(finding => ({ where, finding, excerpt: undefined }))
}

/**
 * Puts together what was found: in rows, in the set of them, in the model.
 *
 * @param given what there was to look at
 */
export function toLintReport(
  tally: LintTally,
  more: readonly FoundExample[],
  { given, levels }: { readonly given: ReadonlySet<Need>; readonly levels: RuleLevels },
): LintReport {
  const groups = new Map<string, RuleGroup>()
  const add = (found: Omit<RuleGroup, 'rule'>, name: string): void => {
    const rule = findRule(name)
    const level = levels[name]
    if (rule === undefined || level === 'off') return
    const severity = level ?? adjust(name, found, tally.rows)
    const known = groups.get(`${severity} ${name}`)
    groups.set(`${severity} ${name}`, known === undefined ? { ...found, rule, severity } : join(known, found))
  }
  for (const entry of tally.rules.values()) add(entry, entry.rule)
  for (const found of toSetFindings(tally)) add(found, found.rule)
  for (const example of more) {
    const { rule, severity } = example.finding
    add({ severity, findings: 1, rows: undefined, examples: [example] }, rule)
  }
  const order = (group: RuleGroup): number => SEVERITIES.indexOf(group.severity)
  return {
    rows: tally.rows,
    groups: [...groups.values()].sort((a, b) => order(a) - order(b) || (b.rows ?? 0) - (a.rows ?? 0)),
    notRun: listNotRun(given, levels),
  }
}

export function findRule(name: string): Rule | undefined {
  return RULES.find(rule => rule.name === name)
}

function join(a: RuleGroup, b: Omit<RuleGroup, 'rule'>): RuleGroup {
  const rows = a.rows === undefined && b.rows === undefined ? undefined : (a.rows ?? 0) + (b.rows ?? 0)
  return {
    ...a,
    findings: a.findings + b.findings,
    rows,
    examples: [...a.examples, ...b.examples].slice(0, 3),
  }
}

function adjust(name: string, { severity, rows }: Omit<RuleGroup, 'rule'>, total: number): Severity {
  return rows !== undefined && isFew(name, rows, total) ? 'warn' : severity
}

function toSetFindings(tally: LintTally): (Omit<RuleGroup, 'rule'> & { readonly rule: string })[] {
  const rules: readonly SetRule[] = RULES.filter(rule => rule.kind === 'set')
  return rules.flatMap(rule => {
    const state = tally.states.get(rule.name)
    if (state === undefined) return []
    return rule.report(state, { rows: tally.rows }).map(({ rows, places, ...finding }) => ({
      rule: rule.name,
      severity: finding.severity,
      findings: 1,
      rows,
      examples: [{ where: places.join(', '), finding: finding satisfies Finding, excerpt: undefined }],
    }))
  })
}

function listNotRun(given: ReadonlySet<Need>, levels: RuleLevels): LintReport['notRun'] {
  return RULES.flatMap(({ name, kind, needs = [] }) => {
    const all: readonly Need[] = kind === 'prepared' || kind === 'model' ? needs : ['rows', ...needs]
    const missing = [...new Set(all)].filter(need => !given.has(need))
    return missing.length === 0 || levels[name] === 'off' ? [] : [{ rule: name, needs: missing }]
  })
}

/** Rules about prepared data. */
export function listPreparedRules(levels: RuleLevels): readonly PreparedRule[] {
  return RULES.filter(rule => rule.kind === 'prepared').filter(({ name }) => levels[name] !== 'off')
}
