import type { Json } from '../json/index.ts'
import {
  emptyLintTally,
  type Facts,
  type FoundExample,
  type LintReport,
  type Need,
  RULES,
  type RuleLevels,
  toLintReport,
} from '../lint/index.ts'
import type { MaskContext } from '../mask/index.ts'
import type { ModelConfigs, NamedTemplate } from '../model-folder/index.ts'
import type { ChatTemplate } from '../template/index.ts'
import { findDisagreements } from './disagreements.ts'
import { type FilesReport, reportFiles, reportStops, type StopReport } from './files.ts'
import { findRewritten, type RewrittenProbe } from './history.ts'
import { lintProbes, listModelRules } from './probe-findings.ts'
import { type LongProbe, listLongProbes, listProbes, TOOLS } from './probes.ts'
import { type FoundShape, findShape } from './shape.ts'
import { reportSwitches, type SwitchReport } from './switches.ts'
import { reportTools, type ToolReport } from './tools.ts'
import { type RefusedTurn, reportTurn, type TurnReport } from './turn.ts'

/** What is known of a model, without any data. */
export interface GivenModel {
  /** Its tokenizer, templates and stop tokens; or a stand-in's, see `hasTokenizer`. */
  readonly context: MaskContext
  /** The context's templates as the files have them, in the same order. */
  readonly templates: readonly NamedTemplate[]
  readonly configs: ModelConfigs
  /** Whether the context's tokenizer is the model's own: else nothing is said of ids, and of what stops generation. */
  readonly hasTokenizer: boolean
  /** The folder's own template, where another one is given. */
  readonly ownTemplate?: string | undefined
  /** A file as messages name it. */
  readonly where: (file: string) => string
}

/** Whether what a model is trained to write is what inference asks for, waits for and stops on. */
export interface ModelReport {
  readonly hasTokenizer: boolean
  readonly files: FilesReport
  readonly templates: readonly TemplateReport[]
  readonly lint: LintReport
}

/** One chat template. */
export interface TemplateReport {
  readonly name: string
  readonly file: string
  readonly chars: number
  readonly hasMarks: boolean
  readonly found: FoundShape
  /** Every conversation that was tried has tools, as it renders none without, or is chosen for those that have some. */
  readonly needsTools: boolean
  /** None has, as another template is chosen for those. */
  readonly leavesTools: boolean
  /** Empty where it refuses the simplest conversation. */
  readonly turns: readonly (TurnReport | RefusedTurn)[]
  readonly stops: readonly StopReport[]
  readonly switches: readonly SwitchReport[]
  /** The smallest conversations in which it writes earlier turns otherwise; empty: it doesn't, and one rendering shows all. */
  readonly rewritten: readonly RewrittenProbe[]
  readonly tools: readonly ToolReport[]
  /** Conversations that other tools' rules were tried on. */
  readonly conversations: number
}

/**
 * Reports how a model's templates, tokenizer and configuration go together: by conversations that are rendered, masked and put to other tools' rules. No
 * table of known models or variables is asked.
 */
export function reportModel(model: GivenModel, levels: RuleLevels = {}): ModelReport {
  // Renderings are compared with one another: for all of them it is the same moment.
  const given: GivenModel = { ...model, context: { now: new Date(), ...model.context } }
  const { context, templates, configs, hasTokenizer, where } = given
  const files = reportFiles(context, configs, hasTokenizer)
  const looked = context.templates.map((template, t) =>
    lookAtTemplate(template, templates[t]!, given, levels),
  )
  const reports = looked.map(({ report }) => report)
  const stops = mergeStops(reports)
  const nameId = hasTokenizer ? (id: number) => context.tokenizer.idToToken(id) : undefined
  const findings = [
    ...findDisagreements({ files, stops, configs, templates, nameId, where }),
    ...looked.flatMap(({ findings }) => findings),
  ]
  return { hasTokenizer, files, templates: reports, lint: toReport(findings.filter(isFirst), given, levels) }
}

/** What is the tokenizer's own is found with each template. */
function isFirst({ finding }: FoundExample, f: number, all: readonly FoundExample[]): boolean {
  const isSame = (other: FoundExample): boolean =>
    other.finding.rule === finding.rule && other.finding.text === finding.text
  return all.findIndex(isSame) === f
}

function lookAtTemplate(
  template: ChatTemplate,
  { name, file, source }: NamedTemplate,
  given: GivenModel,
  levels: RuleLevels,
): { report: TemplateReport; findings: FoundExample[] } {
  const { configs, hasTokenizer } = given
  // transformers picks `tool_use` for conversations with tools, where there is one.
  const isOfTools = name === 'tool_use' && given.templates.length > 1
  const leavesTools = name !== 'tool_use' && given.templates.some(other => other.name === 'tool_use')
  const context = { ...given.context, templates: [template] }
  const plain = findShape(context, isOfTools ? TOOLS : undefined)
  const withTools = plain.unusable === undefined ? plain : findShape(context, TOOLS)
  // Some ask for tools without a look whether there are any.
  const needsTools = isOfTools || (plain.unusable !== undefined && withTools.unusable === undefined)
  const always: Json | undefined = needsTools ? TOOLS : undefined
  const all = needsTools ? withTools : plain
  const found: FoundShape = leavesTools
    ? { ...all, shape: { ...all.shape, writesTools: false, calls: undefined, writesResults: false } }
    : all
  const base = {
    ...{ name, file, chars: source.length, hasMarks: template.usesGenerationMarks, found, needsTools },
    ...{ leavesTools },
  }
  if (found.unusable !== undefined) {
    const none = { turns: [], stops: [], switches: [], rewritten: [], tools: [], conversations: 0 }
    return { report: { ...base, ...none }, findings: [toUnusable(found.unusable, given.where(file))] }
  }
  const { shape } = found
  const setting = { context, shape, hasIds: hasTokenizer }
  const probes = listProbes(shape, always)
  const longProbes = listLongProbes(shape, always)
  const turns = probes.map(probe => reportTurn(probe, setting))
  const facts: Partial<Facts> = { vocabSize: configs.model?.vocabSize, ownTemplate: given.ownTemplate }
  const linted: LongProbe[] = [...probes, ...longProbes.filter(({ isOfData }) => isOfData !== true)]
  const report: TemplateReport = {
    ...base,
    turns,
    stops: reportStops(turns, context, configs, hasTokenizer),
    switches: reportSwitches({ ...setting, probes, longProbes }),
    rewritten: findRewritten(longProbes, context),
    tools: reportTools(longProbes, context, hasTokenizer),
    conversations: longProbes.length,
  }
  const where = given.where(file)
  return { report, findings: lintProbes(linted, { context, hasTokenizer, facts, levels, where }) }
}

function toUnusable({ by, reason }: NonNullable<FoundShape['unusable']>, where: string): FoundExample {
  const simplest = 'The simplest conversation is a question and its answer'
  const finding: FoundExample['finding'] =
    by === 'refused'
      ? {
          rule: 'template-refuses',
          severity: 'error',
          text: `${simplest}: it is refused (${JSON.stringify(reason)}).`,
        }
      : { rule: 'message-not-rendered', severity: 'error', text: `${simplest}: ${reason}.` }
  return { where, finding, excerpt: undefined }
}

/** Those of all templates, with the template's name where there are several. */
function mergeStops(reports: readonly TemplateReport[]): StopReport[] {
  if (reports.length < 2) return reports.flatMap(({ stops }) => stops)
  const merged = new Map<string, StopReport>()
  for (const { name, stops } of reports) {
    for (const stop of stops) {
      const key = `${stop.by} ${stop.text}`
      const turns = stop.turns.map(turn => `${name}: ${turn}`)
      merged.set(key, { ...stop, turns: [...(merged.get(key)?.turns ?? []), ...turns] })
    }
  }
  return [...merged.values()]
}

/** Rules that a model alone gives nothing to look at were not run. */
function toReport(
  findings: readonly FoundExample[],
  { configs, hasTokenizer, ownTemplate, templates }: GivenModel,
  levels: RuleLevels,
): LintReport {
  const given = new Set<Need>(['template', 'marks'])
  if (configs.model?.vocabSize !== undefined) given.add('vocabulary')
  if (ownTemplate !== undefined) given.add('own-template')
  const report = toLintReport(emptyLintTally(), findings, { given, levels })
  const run = new Set(templates.length === 0 ? [] : listModelRules(hasTokenizer))
  const notRun = RULES.flatMap(({ name, needs = [] }) => {
    if (levels[name] === 'off') return []
    if (!run.has(name)) return [{ rule: name, needs: ['rows' as const] }]
    const missing = needs.filter(need => need !== 'rows' && !given.has(need))
    return missing.length === 0 ? [] : [{ rule: name, needs: missing }]
  })
  return { ...report, notRun }
}
