import type { LintReport } from '../report.ts'
import type { Severity } from '../rule.ts'
import { toFilePlace } from './place.ts'

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warn: 'warning', info: 'notice' }

/** The report as workflow commands, which GitHub shows as annotations: a line for each example. */
export function toGithub(report: LintReport): string {
  const lines = report.groups.flatMap(({ rule, severity, rows, examples }) =>
    examples.map(({ where, finding }) => {
      const { file, line } = toFilePlace(where)
      const place = [
        `file=${escapeProperty(file)}`,
        ...(line === undefined ? [] : [`line=${line}`]),
        `title=${rule.name}`,
      ]
      const count = rows === undefined || rows < 2 ? '' : ` (${rows} rows)`
      return `::${COMMANDS[severity]} ${place.join(',')}::${escapeData(`${sentence(finding.text)}${count} ${rule.fix}`)}\n`
    }),
  )
  return lines.join('')
}

/** As actions/toolkit escapes them: text of messages must not begin a command of its own. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
