import {
  makePaint,
  type Paint,
  toHarmless,
  toShare,
  toThousands,
  toVisible,
  type ViewOptions,
  wrapWords,
} from '../inspect/index.ts'
import { type LintReport, MENDS, type Need, type RuleGroup, type Severity } from '../lint/index.ts'

export interface CheckViewOptions extends Pick<ViewOptions, 'width' | 'colors'> {
  /** What was checked. */
  readonly title: string
  readonly level: Severity
  readonly maxFindings: number | undefined
  /** The rows were mended before. */
  readonly isMended?: boolean
  /** The length that rows were cut to because none was named. */
  readonly defaultLength?: number | undefined
}

const SEVERITIES: readonly Severity[] = ['info', 'warn', 'error']

/** What would have to be given for rules to be run, as an option where there is one. */
const NEEDS: Readonly<Record<Need, string>> = {
  rows: 'rows that are not prepared',
  template: 'rows with messages',
  marks: 'a template with {% generation %}',
  'max-length': 'a --max-length other than none',
  columnar: 'rows in Arrow or Parquet',
  vocabulary: 'a config.json beside the tokenizer',
  'own-template': '--chat-template, and a folder with its own',
  training: 'a training, which check has none of',
  evaluation: 'an evaluation, which check has none of',
  prepared: 'a folder of lossline prepare',
  'model-report': '--model FOLDER and no file',
}

/** What was found, for a person: the worst first, each rule with what it does to a training, three examples, and what to do. */
export function toCheckView(report: LintReport, options: CheckViewOptions): string {
  const paint = makePaint(options.colors)
  const groups = listShown(report, options.level)
  const shown = takeFindings(groups, options.maxFindings)
  return [
    ...drawGroups(shown, report.rows, options),
    ...drawRest(report, { groups, shown }, options).map(paint.dim),
    paint.bold(`${toHarmless(options.title)}: ${summarise(report)}`),
    ...drawMends(groups, options),
    ...(shown[0] === undefined ? [] : [`lossline explain ${shown[0].rule.name} tells more.`]),
  ].join('\n')
}

/** What --fix is for; behind it, why what is left was not mended. */
function drawMends(groups: readonly RuleGroup[], { width, isMended }: CheckViewOptions): string[] {
  const found = new Set(groups.map(({ rule }) => rule.name))
  const lines = MENDS.flatMap(({ rules, only }) => {
    const names = rules.filter(name => found.has(name))
    return names.length === 0 ? [] : indent(`${names.join(', ')}: ${only}`, 2, width)
  })
  if (lines.length === 0) return []
  const head =
    isMended === true ? '--fix left these, as it mends' : '--fix OUT.jsonl can mend without guessing'
  return [`${head}:`, ...lines]
}

/** The groups of a level or a worse one. */
export function listShown({ groups }: LintReport, level: Severity): RuleGroup[] {
  return groups.filter(({ severity }) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(level))
}

/** The first so many findings of those that are kept, by rule; rules of which none is left are left out. */
export function takeFindings(
  groups: readonly RuleGroup[],
  max: number = Number.POSITIVE_INFINITY,
): RuleGroup[] {
  let left = max
  return groups.flatMap(group => {
    if (left <= 0) return []
    const examples = group.examples.slice(0, left)
    left -= examples.length
    return [{ ...group, examples }]
  })
}

/** Each rule with what it does to a training, examples, and what to do; an empty line behind each. */
export function drawGroups(
  groups: readonly RuleGroup[],
  rows: number,
  { width, colors }: Pick<CheckViewOptions, 'width' | 'colors'>,
): string[] {
  const paint = makePaint(colors)
  return groups.flatMap(group => [...drawGroup(group, rows, width, paint), ''])
}

function drawGroup(group: RuleGroup, total: number, width: number, paint: Paint): string[] {
  const { rule, severity, findings, rows, examples } = group
  const label = `${severity} ${rule.name}`
  const count =
    rows === undefined
      ? ''
      : `${toThousands(rows)} of ${toThousands(total)} rows (${toShare(rows, total)})${rows < findings ? `, ${toThousands(findings)} times` : ''}`
  const gap = ' '.repeat(Math.max(2, width - label.length - count.length))
  const more = findings - examples.length
  return [
    `${paint[severity](label)}${count === '' ? '' : gap}${paint.dim(count)}`,
    ...indent(rule.effect, 2, width),
    ...examples.flatMap(({ where, finding, excerpt }) => [
      ...indent(`${where === '' ? '' : `${where}${placeOf(finding)}: `}${finding.text}`, 4, width),
      ...(excerpt === undefined ? [] : [`      ${drawExcerpt(excerpt, width - 6, paint)}`]),
    ]),
    ...(more > 0 && rows !== undefined && rows > examples.length
      ? [
          paint.dim(
            `    and ${toThousands(rows - examples.length)} more ${rows - examples.length === 1 ? 'row' : 'rows'}`,
          ),
        ]
      : []),
    ...indent(`Fix: ${rule.fix}`, 2, width),
  ]
}

function placeOf({ message, startChar, endChar, token }: RuleGroup['examples'][number]['finding']): string {
  const parts = [
    message === undefined ? undefined : `message ${message}`,
    startChar === undefined || endChar === undefined
      ? token === undefined
        ? undefined
        : `token ${token}`
      : `characters ${startChar}–${endChar}`,
  ].filter(part => part !== undefined)
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`
}

/** The place is in brackets, for who sees no colours; what doesn't fit is cut at both ends. */
function drawExcerpt(
  excerpt: NonNullable<RuleGroup['examples'][number]['excerpt']>,
  width: number,
  paint: Paint,
): string {
  const [before, marked, after] = [excerpt.before, excerpt.marked, excerpt.after].map(text =>
    toVisible(text),
  ) as [string, string, string]
  const room = Math.max(8, width - 2)
  const middle = marked.length > room ? `${marked.slice(0, room - 1)}…` : marked
  const side = Math.floor((room - middle.length) / 2)
  const right = after.slice(0, Math.max(0, side))
  const left = before.slice(Math.max(0, before.length - (room - middle.length - right.length)))
  return `${paint.dim(left)}${paint.bold(`⟦${middle}⟧`)}${paint.dim(right)}`
}

function indent(text: string, columns: number, width: number): string[] {
  const harmless = text.split(' ').map(toVisible).join(' ')
  return wrapWords(harmless, width - columns).map(line => ' '.repeat(columns) + line)
}

function drawRest(
  report: LintReport,
  { groups, shown }: { readonly groups: readonly RuleGroup[]; readonly shown: readonly RuleGroup[] },
  { width, level, defaultLength }: CheckViewOptions,
): string[] {
  const hidden = report.groups.length - groups.length
  const lines = [
    ...sayCut(groups.length - shown.length),
    ...(hidden > 0
      ? [
          `${hidden} more ${hidden === 1 ? 'rule has' : 'rules have'} findings of a lower level (--level info).`,
        ]
      : []),
    ...(defaultLength === undefined
      ? []
      : [
          `Rows are cut to ${toThousands(defaultLength)} tokens, as prepare and train do without --max-length.`,
        ]),
    ...sayNotRun(report, level),
  ]
  return lines.length === 0 ? [] : [...lines.flatMap(line => wrapWords(line, width)), '']
}

/** Rules that --max-findings leaves out. */
export function sayCut(rules: number): string[] {
  return rules === 0
    ? []
    : [`${rules} more ${rules === 1 ? 'rule has' : 'rules have'} findings (--max-findings).`]
}

/** Rules that had nothing to look at: their number, and which and why for who wants to see all. */
function sayNotRun({ notRun }: LintReport, level: Severity): string[] {
  if (notRun.length === 0) return []
  if (level !== 'info') {
    const count = `${notRun.length} ${notRun.length === 1 ? 'rule' : 'rules'}`
    return [`${count} had nothing to look at here (--level info tells which and why).`]
  }
  const byNeed = new Map<string, string[]>()
  for (const { rule, needs } of notRun) {
    const need = needs.map(need => NEEDS[need]).join(', ')
    byNeed.set(need, [...(byNeed.get(need) ?? []), rule])
  }
  return [...byNeed].map(([need, rules]) => `Not run without ${need}: ${listSome(rules)}.`)
}

/** Nobody reads sixty names. */
function listSome(rules: readonly string[]): string {
  return rules.length > 12 ? `${rules.length} rules` : rules.join(', ')
}

/** `1,204 rows, 2 errors, 1 warning` */
function summarise({ rows, groups }: LintReport): string {
  return `${toThousands(rows)} ${rows === 1 ? 'row' : 'rows'} checked, ${countFound(groups)}.`
}

/** `2 errors, 1 warning` */
export function countFound(groups: readonly RuleGroup[]): string {
  const count = (severity: Severity, noun: string): string[] => {
    const number = groups.filter(group => group.severity === severity).length
    return number === 0 ? [] : [`${toThousands(number)} ${noun}${number === 1 ? '' : 's'}`]
  }
  const found = [...count('error', 'error'), ...count('warn', 'warning')]
  return found.length === 0 ? 'nothing wrong found' : found.join(', ')
}
