import type { LintReport, RuleGroup } from '../report.ts'
import type { Severity } from '../rule.ts'
import type { FoundExample } from '../tally.ts'
import { toFilePlace } from './place.ts'

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warn: 'warning', info: 'note' }

/**
 * The report as SARIF 2.1.0, which code scanning of several forges takes. A result for each example; the first of a rule says how many more
 * there are.
 */
export function toSarif(report: LintReport, version: string): object {
  const rules = [...new Set(report.groups.map(({ rule }) => rule))]
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'lossline',
            version,
            rules: rules.map(({ name, trigger, effect, fix, severity }) => ({
              id: name,
              shortDescription: { text: trigger },
              fullDescription: { text: effect },
              help: { text: fix },
              defaultConfiguration: { level: LEVELS[severity] },
            })),
          },
        },
        results: report.groups.flatMap(group =>
          group.examples.map((example, i) => toResult(group, example, i)),
        ),
      },
    ],
  }
}

function toResult(
  { rule, severity, findings, examples }: RuleGroup,
  { where, finding }: FoundExample,
  i: number,
): object {
  const more = findings - examples.length
  const text = i === 0 && more > 0 ? `${finding.text} (And ${more} more like it.)` : finding.text
  const { file, line } = toFilePlace(where)
  return {
    ruleId: rule.name,
    level: LEVELS[severity],
    message: { text },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(file.replaceAll('\\', '/')) },
          ...(line === undefined ? {} : { region: { startLine: line } }),
        },
      },
    ],
  }
}
