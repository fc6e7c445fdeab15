import type { LintReport, RuleGroup } from '../report.ts'

/** The report as programs read it. */
interface LintJson {
  readonly rows: number
  readonly findings: readonly object[]
  readonly not_run: LintReport['notRun']
}

/** The report as one document with stable keys. */
export function toLintJson(report: LintReport): LintJson {
  return {
    rows: report.rows,
    findings: report.groups.map(toGroupJson),
    not_run: report.notRun,
  }
}

function toGroupJson({ rule, severity, findings, rows, examples }: RuleGroup): object {
  return {
    rule: rule.name,
    severity,
    findings,
    rows: rows ?? null,
    effect: rule.effect,
    fix: rule.fix,
    examples: examples.map(({ where, finding, excerpt }) => ({
      where,
      text: finding.text,
      message: finding.message ?? null,
      start_char: finding.startChar ?? null,
      end_char: finding.endChar ?? null,
      token: finding.token ?? null,
      excerpt: excerpt ?? null,
    })),
  }
}
