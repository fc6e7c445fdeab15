import { type Masked, TokenCounter, type TokenTally } from '../mask/index.ts'
import { REST_OF_CHARACTER } from './cells.ts'
import { type FindingGroup, FindingGroups, type RowFinding } from './findings.ts'
import { padLeftTo, padTo, widthOf, wrapWords } from './lines.ts'
import { toShare, toThousands } from './numbers.ts'
import { makePaint, type Paint } from './paint.ts'
import { TOKEN_SEPARATOR, TRAINED_MARK } from './run-view.ts'
import type { ViewOptions } from './terminal.ts'
import { toVisible } from './visible.ts'

export interface TokenCount {
  readonly name: string
  readonly tokens: number
  readonly trained: number
}

/** What many examples add up to. */
export interface Summary {
  readonly examples: number
  readonly total: TokenCount
  /** By role of the message that a token belongs to; `(none)` for the rest. In the order of first sight. */
  readonly roles: readonly TokenCount[]
  readonly sources: readonly TokenCount[]
  readonly warnings: readonly FindingGroup[]
}

/** Adds up examples one at a time: none of them has to be kept. */
export class Summariser {
  #examples = 0
  readonly #counter = new TokenCounter()
  readonly #findings = new FindingGroups()

  /** @param where names the row, for the warnings */
  add(masked: Masked, where: string): void {
    this.#examples++
    this.#counter.add(masked)
    for (const finding of masked.findings) this.#findings.add({ where, finding })
  }

  addFinding(finding: RowFinding): void {
    this.#findings.add(finding)
  }

  get summary(): Summary {
    const { total, roles, sources } = this.#counter
    const toCounts = (tallies: ReadonlyMap<string, TokenTally>): TokenCount[] =>
      [...tallies].map(([name, tally]) => ({ name, ...tally }))
    return {
      examples: this.#examples,
      total: { name: 'total', ...total },
      roles: toCounts(roles),
      sources: toCounts(sources),
      warnings: this.#findings.list(),
    }
  }
}

const SIGNS = `${TRAINED_MARK} trained  ${TOKEN_SEPARATOR} between tokens  ${REST_OF_CHARACTER} rest of a character  ‹› in no token`

/** What the signs of a token view mean, a table of the tokens, and the warnings below it. */
export function toSummaryView(summary: Summary, options: ViewOptions): string {
  const paint = makePaint(options.colors)
  return [
    ...wrapWords(SIGNS, options.width).map(paint.dim),
    '',
    ...drawTable(summary, paint),
    ...(summary.warnings.length === 0 ? [] : ['', toWarningsView(summary.warnings, options)]),
  ].join('\n')
}

function drawTable({ roles, sources, total }: Summary, paint: Paint): string[] {
  const rows = [...roles, ...sources, total]
  const nameWidth = Math.max(12, ...rows.map(({ name }) => widthOf(toVisible(name))))
  const numberWidth = Math.max(7, toThousands(total.tokens).length)
  const draw = ([name, ...numbers]: readonly string[]): string =>
    `  ${padTo(name!, nameWidth)}${numbers.map(number => `  ${padLeftTo(number, numberWidth)}`).join('')}`
  const drawCount = ({ name, tokens, trained }: TokenCount): string =>
    draw([toVisible(name), toThousands(tokens), toThousands(trained), toShare(trained, tokens)])
  const section = (title: string, counts: readonly TokenCount[]): string[] =>
    counts.length === 0
      ? []
      : [paint.dim(draw([title, 'tokens', 'trained', 'share'])), ...counts.map(drawCount)]
  const byRole = section('role', roles)
  return [
    ...byRole,
    ...(byRole.length === 0 ? [] : ['']),
    ...section('source', sources),
    paint.bold(drawCount(total)),
  ]
}

/** Each kind of warning with its first example: severity and rule, then where, the message, and what. */
export function toWarningsView(groups: readonly FindingGroup[], { width, colors }: ViewOptions): string {
  const paint = makePaint(colors)
  const lines = groups.flatMap(({ first, count }) => {
    const { where, finding } = first
    const message = finding.message === undefined ? '' : `, message ${finding.message}`
    const more = count === 1 ? '' : ` And ${toThousands(count - 1)} more like it.`
    // Findings quote the text of messages.
    const text = toHarmlessLine(`${where}${message}: ${finding.text}${more}`)
    const label = `${finding.severity} ${finding.rule}`
    return [paint[finding.severity](label), ...wrapWords(text, width - 2).map(line => `  ${line}`)]
  })
  return lines.join('\n')
}

/** One line that acts on no terminal; spaces stay spaces. */
function toHarmlessLine(text: string): string {
  return text.split(' ').map(toVisible).join(' ')
}
