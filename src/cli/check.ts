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
import { checkRows, factsOf } from '../prepare/index.ts'
import { checkPrepared } from './check-prepared.ts'
import { toCheckView } from './check-view.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { readLintConfig } from './lint-config.ts'
import { openModelOf } from './model.ts'
import type { Values } from './options.ts'
import { makeProgress } from './progress.ts'
import { toRowsOptions } from './rows-options.ts'
import { isPrepared } from './show-prepared.ts'

/** `lossline check FILE`: what the linter's rules find in rows, template and tokenizer. 1 for errors. */
export async function runCheck({ file, values }: CommandInput, io: Io): Promise<ExitCode> {
  const { levels, maxFindings } = await readLintConfig(values)
  const report = (await isPrepared(file))
    ? await checkPrepared(file, { values, levels }, io)
    : await checkConversations(file, { values, levels }, io)
  await writeReport(report, { file, values, maxFindings: values.max_findings ?? maxFindings }, io)
  return report.groups.some(({ severity }) => severity === 'error') ? 1 : 0
}

async function checkConversations(
  file: string,
  { values, levels }: { readonly values: Values; readonly levels: RuleLevels },
  io: Io,
): Promise<LintReport> {
  const options = await toRowsOptions(values, io)
  const model = await openModelOf(values, io)
  const facts = findFacts(model, values)
  const progress = makeProgress(io, false)
  const tally = await checkRows({
    ...options,
    maxLength: options.maxLength,
    inputs: [{ path: file }],
    levels,
    facts,
    notice: text => io.tell(`lossline: ${text}`),
    onProgress: progress.update,
    ...(values.input_format?.file !== undefined && { fileFormat: values.input_format.file }),
    ...(values.workers !== undefined && { workers: values.workers }),
  }).finally(() => progress.end())
  const ofModel = lintModel(
    { context: model, options: options.mask ?? {}, facts },
    model.folder.folder,
    levels,
  )
  const given = new Set<Need>(['rows'])
  if (tally.hasConversations) given.add('template')
  if (tally.hasMarks) given.add('marks')
  if (options.maxLength !== undefined) given.add('max-length')
  if (facts.vocabSize !== undefined) given.add('vocabulary')
  if (facts.ownTemplate !== undefined) given.add('own-template')
  if (/\.(arrow|parquet)$/.test(file)) given.add('columnar')
  return toLintReport(tally, tally.hasConversations ? ofModel : ofModel.filter(isOfTokenizer), {
    given,
    levels,
  })
}

/** Where no row has messages, the template is not used. */
function isOfTokenizer({ finding }: { readonly finding: { readonly rule: string } }): boolean {
  return finding.rule === 'pad-is-stop'
}

async function writeReport(
  report: LintReport,
  {
    file,
    values,
    maxFindings,
  }: { readonly file: string; readonly values: Values; readonly maxFindings: number | undefined },
  io: Io,
): Promise<void> {
  const format = values.report_format ?? (values.json === true ? 'json' : 'text')
  switch (format) {
    case 'json':
      return io.write(`${JSON.stringify(toLintJson(report), null, 2)}\n`)
    case 'sarif':
      return io.write(`${JSON.stringify(toSarif(report, readVersion()), null, 2)}\n`)
    case 'github':
      return io.write(toGithub(report))
    case 'text': {
      const { width, colors } = io
      const title = file === '-' ? 'stdin' : file
      return io.write(
        `${toCheckView(report, { width, colors, title, level: values.level ?? 'warn', maxFindings })}\n`,
      )
    }
    default: {
      const never: never = format
      return never
    }
  }
}

/** What the model's files say that rules ask for. */
function findFacts(model: Model, values: Values): Facts {
  const own =
    values.chat_template === undefined ? undefined : readModelFolder(model.folder.folder).templates[0]?.source
  return { ...factsOf(model), ownTemplate: own }
}
