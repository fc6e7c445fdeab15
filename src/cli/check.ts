import { LosslineError } from '../error.ts'
import { readModelFolder } from '../hub/index.ts'
import {
  type Facts,
  type LintReport,
  lintModel,
  type Need,
  type RuleLevels,
  toGithub,
  toLintJson,
  toLintReport,
  toSarif,
} from '../lint/index.ts'
import type { Model } from '../open-model.ts'
import { readVersion } from '../package-root.ts'
import {
  checkRows,
  DEFAULT_MAX_LENGTH,
  type FixedRows,
  type FixTally,
  factsOf,
  fixRows,
} from '../prepare/index.ts'
import { checkPrepared } from './check-prepared.ts'
import { toCheckView } from './check-view.ts'
import type { CommandInput } from './command.ts'
import { toDiffView, toFixJson, toFixSummary } from './fix-view.ts'
import type { ExitCode, Io } from './io.ts'
import { readLintConfig } from './lint-config.ts'
import { openModelOf } from './model.ts'
import { readTemplateFile } from './model-path.ts'
import { type OptionName, toFlag, type Values } from './options.ts'
import { makeProgress } from './progress.ts'
import { toRowsOptions } from './rows-options.ts'
import { isPrepared } from './show-prepared.ts'
import { tuneV8 } from './tune-v8.ts'

/** `lossline check FILE`: what the linter's rules find in rows, template and tokenizer. 1 for errors. */
export async function runCheck({ file, values: given }: CommandInput, io: Io): Promise<ExitCode> {
  const { levels, maxFindings } = await readLintConfig(given)
  const limit = given.max_findings ?? maxFindings
  if (file === '') {
    checkGiven(given)
    return (await import('./check-model.ts')).runCheckModel({ values: given, levels, maxFindings: limit }, io)
  }
  const values = withModel(given)
  if (values.fix === undefined && values.overwrite === true)
    throw new LosslineError('cli/option', 'has no effect without --fix', {
      where: '--overwrite',
      fix: 'Leave it out.',
    })
  if (await isPrepared(file)) {
    if (values.fix !== undefined) throw notMendable(file)
    const report = await checkPrepared(file, { values, levels }, io)
    await writeReport(report, { file, values, maxFindings: limit, isCut: false }, io)
    return toExitCode(report)
  }
  const { report, fixes } = await checkConversations(file, { values, levels }, io)
  await writeReport(report, { file, values, maxFindings: limit, fixes, isCut: true }, io)
  return toExitCode(report)
}

function toExitCode(report: LintReport): ExitCode {
  return report.groups.some(({ severity }) => severity === 'error') ? 1 : 0
}

function notMendable(file: string): LosslineError {
  const fix = 'Mend the rows that it was prepared from, and prepare those.'
  return new LosslineError('fix/inputs', 'holds prepared rows, which --fix does not mend', {
    where: file,
    fix,
  })
}

/** @throws LosslineError `cli/missing` where there is neither a file nor a model, `cli/option` for options about rows */
function checkGiven(values: Values): void {
  if (values.model === undefined) {
    const fix = 'Name a file of rows, a prepared folder, or a model with --model.'
    throw new LosslineError('cli/missing', 'is needed', { where: 'FILE', fix })
  }
  const idle = ROW_OPTIONS.find(name => values[name] !== undefined)
  if (idle === undefined) return
  const what = 'is about rows, and there is no FILE'
  throw new LosslineError('cli/option', what, { where: toFlag(idle), fix: 'Name a file, or leave it out.' })
}

const ROW_OPTIONS = [
  ...['input_format', 'column_map', 'role_map', 'mask', 'roles', 'turns', 'train_on_eot', 'mask_sources'],
  ...['unroll', 'response_template', 'instruction_template', 'max_length', 'truncation', 'workers', 'fix'],
  'overwrite',
] as readonly OptionName[]

/** --model FOLDER beside a file is where its tokenizer and its template are; --model FILE.jinja is a template alone. */
function withModel(values: Values): Values {
  const { model, ...others } = values
  if (model === undefined) return values
  const option = /\.(jinja2?|j2)$/.test(model) ? 'chat_template' : 'tokenizer'
  // Later it would be --chat-template whose file isn't there.
  if (option === 'chat_template') readTemplateFile(model, '{model}')
  if (others[option] === undefined) return { ...others, [option]: model }
  const what = `says a second time what --model ${model} has`
  throw new LosslineError('cli/option', what, { where: toFlag(option), fix: 'Leave out one of the two.' })
}

/** What is found in the rows; with --fix, in those that were written. */
async function checkConversations(
  file: string,
  { values, levels }: { readonly values: Values; readonly levels: RuleLevels },
  io: Io,
): Promise<{ readonly report: LintReport; readonly fixes: FixTally | undefined }> {
  tuneV8()
  const options = await toRowsOptions(values, io)
  const model = await openModelOf(values, io)
  const facts = findFacts(model, values)
  const maxLength = 'maxLength' in options ? options.maxLength : DEFAULT_MAX_LENGTH
  const progress = makeProgress(io, false)
  const checking = {
    ...options,
    maxLength,
    inputs: [{ path: file }],
    levels,
    facts,
    notice: (text: string) => io.tell(`lossline: ${text}`),
    onProgress: progress.update,
    ...(values.input_format?.file !== undefined && { fileFormat: values.input_format.file }),
    ...(values.workers !== undefined && { workers: values.workers }),
  }
  const { lint: tally, fixes } = await checkOrFix(checking, values).finally(() => progress.end())
  const ofModel = lintModel(
    { context: model, options: options.mask ?? {}, facts },
    model.folder.folder,
    levels,
  )
  const given = new Set<Need>(['rows'])
  if (tally.hasConversations) given.add('template')
  if (tally.hasMarks) given.add('marks')
  if (maxLength !== undefined) given.add('max-length')
  if (facts.vocabSize !== undefined) given.add('vocabulary')
  if (facts.ownTemplate !== undefined) given.add('own-template')
  if (/\.(arrow|parquet)$/.test(file)) given.add('columnar')
  const told = tally.hasConversations ? ofModel : ofModel.filter(isOfTokenizer)
  return { report: toLintReport(tally, told, { given, levels }), fixes }
}

async function checkOrFix(
  options: Parameters<typeof checkRows>[0],
  { fix, overwrite = false }: Values,
): Promise<Omit<FixedRows, 'fixes'> & { readonly fixes: FixTally | undefined }> {
  if (fix === undefined) return { lint: await checkRows(options), fixes: undefined }
  return fixRows({ ...options, output: fix, overwrite })
}

/** Where no row has messages, the template is not used. */
function isOfTokenizer({ finding }: { readonly finding: { readonly rule: string } }): boolean {
  return finding.rule === 'pad-is-stop'
}

interface ReportParts {
  readonly file: string
  readonly values: Values
  readonly maxFindings: number | undefined
  readonly fixes?: FixTally | undefined
  /** Whether rows were looked at as they are when they are cut. */
  readonly isCut: boolean
}

async function writeReport(report: LintReport, parts: ReportParts, io: Io): Promise<void> {
  const { values, fixes } = parts
  const format = values.report_format ?? (values.json === true ? 'json' : 'text')
  switch (format) {
    case 'json': {
      const fixed = fixes === undefined ? {} : { fixed: toFixJson(fixes, values.fix!) }
      return io.write(`${JSON.stringify({ ...toLintJson(report), ...fixed }, null, 2)}\n`)
    }
    case 'sarif':
      return io.write(`${JSON.stringify(toSarif(report, readVersion()), null, 2)}\n`)
    case 'github':
      return io.write(toGithub(report))
    case 'text':
      return io.write(`${toText(report, parts, io)}\n`)
    default: {
      const never: never = format
      return never
    }
  }
}

function toText(
  report: LintReport,
  { file, values, maxFindings, fixes, isCut }: ReportParts,
  io: Io,
): string {
  const { width, colors } = io
  const input = file === '-' ? 'stdin' : file
  const level = values.level ?? 'warn'
  const defaultLength = values.max_length === undefined && isCut ? DEFAULT_MAX_LENGTH : undefined
  const shared = { width, colors, level, maxFindings, defaultLength }
  if (fixes === undefined) return toCheckView(report, { ...shared, title: input })
  const output = values.fix!
  const view = { input, output, width, colors }
  return [
    toDiffView(fixes, view),
    toCheckView(report, { ...shared, title: output, isMended: true }),
    toFixSummary(fixes, report, view),
  ]
    .filter(part => part !== '')
    .join('\n')
}

/** What the model's files say that rules ask for. */
function findFacts(model: Model, values: Values): Facts {
  const own =
    values.chat_template === undefined ? undefined : readModelFolder(model.folder.folder).templates[0]?.source
  return { ...factsOf(model), ownTemplate: own }
}
