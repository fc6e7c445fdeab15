import type { Json } from '../json/index.ts'
import {
  emptyLintTally,
  type Facts,
  type FoundExample,
  lintModel,
  lintRow,
  NO_FACTS,
  RowSubject,
  RULES,
  type RuleLevels,
  toLintReport,
} from '../lint/index.ts'
import { type MaskContext, maskExample } from '../mask/index.ts'
import type { LongProbe } from './probes.ts'
import { attempt } from './render.ts'

/** What rules say of a template's text alone; the others go by ids, or by what is known of stop tokens. */
const TEXT_RULES: ReadonlySet<string> = new Set([
  'no-generation-prompt',
  'prompt-not-prefix',
  'generation-marks-missing',
  'message-not-rendered',
  'field-ignored',
  'tools-not-rendered',
  'none-in-text',
  'content-altered',
  'time-in-template',
  'default-system-added',
])

/** Rules that count over many rows say nothing of a model, but for the one that looks at what the template adds. */
const ROW_SET_RULES: readonly string[] = RULES.filter(
  ({ name, kind }) => kind === 'set' && name !== 'default-system-added',
).map(({ name }) => name)

/** The names of rules that a report of a model runs. */
export function listModelRules(hasTokenizer: boolean): string[] {
  return RULES.filter(
    ({ name, kind }) =>
      kind !== 'prepared' && !ROW_SET_RULES.includes(name) && (hasTokenizer || TEXT_RULES.has(name)),
  ).map(({ name }) => name)
}

interface Setting {
  readonly context: MaskContext
  readonly hasTokenizer: boolean
  readonly facts: Partial<Facts>
  readonly levels: RuleLevels
  /** The template's file, as messages name it. */
  readonly where: string
}

/** What the rules about rows and models say of conversations that the template understands: that is the template's, or the tokenizer's. */
export function lintProbes(probes: readonly LongProbe[], setting: Setting): FoundExample[] {
  const { context, hasTokenizer, levels, where } = setting
  const facts = { ...NO_FACTS, ...setting.facts }
  const off = Object.fromEntries(ROW_SET_RULES.map(name => [name, 'off'] as const))
  const tally = emptyLintTally()
  for (const { name, conversation } of probes) {
    const { value: masks } = attempt(() => maskExample(conversation, context, { strategy: 'assistant' }))
    if (masks === undefined) continue
    const { messages, tools } = conversation
    const row: Json = { messages: [...messages], ...(tools !== undefined && { tools }) }
    const subject = new RowSubject({
      ...{ where: name, row, example: conversation, format: 'messages', masks, cuts: undefined },
      ...{ context, options: {}, strategy: 'assistant', facts },
    })
    lintRow(tally, subject, [], { ...levels, ...off })
  }
  const ofModel = lintModel({ context, options: {}, facts }, '', levels)
  const { groups } = toLintReport(tally, ofModel, { given: new Set(), levels })
  return groups
    .filter(({ rule }) => hasTokenizer || TEXT_RULES.has(rule.name))
    .map(({ severity, rows, examples: [first] }) => {
      const { finding, excerpt, where: probe } = first!
      const count =
        rows === undefined || rows < 2
          ? ''
          : ` It is so in ${rows} of ${probes.length} conversations that were tried.`
      const text =
        probe === '' ? finding.text : `${capitalise(probe.split(', ')[0]!)}: ${finding.text}${count}`
      return { where, finding: { rule: finding.rule, severity, text }, excerpt }
    })
}

function capitalise(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
