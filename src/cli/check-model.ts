import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type GivenModel,
  type ModelReport,
  makeStandIn,
  reportModel,
  toModelJson,
} from '../agreement/index.ts'
import { LosslineError } from '../error.ts'
import { filesIn, readModelFolder, resolveModel } from '../hub/index.ts'
import { type RuleLevels, toGithub, toSarif } from '../lint/index.ts'
import { type NamedTemplate, readModelConfigs, readModelFacts } from '../model-folder/index.ts'
import { readVersion } from '../package-root.ts'
import { ChatTemplate } from '../template/index.ts'
import type { ExitCode, Io } from './io.ts'
import { openModelOf } from './model.ts'
import { readTemplateFile } from './model-path.ts'
import { toModelView } from './model-view.ts'
import type { Values } from './options.ts'

/** `lossline check --model FOLDER`: whether a model is asked, trained and stopped in one way. 1 for errors. */
export async function runCheckModel(
  {
    values,
    levels,
    maxFindings,
  }: { readonly values: Values; readonly levels: RuleLevels; readonly maxFindings: number | undefined },
  io: Io,
): Promise<ExitCode> {
  const report = reportModel(await readGiven(values, io), levels)
  await writeModelReport(report, { values, maxFindings }, io)
  return report.lint.groups.some(({ severity }) => severity === 'error') ? 1 : 0
}

/** --model as a folder, a tokenizer.json, a name on the Hub, or a template in a file of its own. */
async function readGiven(values: Values, io: Io): Promise<GivenModel> {
  const model = values.model!
  const settings = {
    ...(values.chat_template_kwargs !== undefined && { chatTemplateKwargs: values.chat_template_kwargs }),
    ...(values.now !== undefined && { now: values.now }),
  }
  if (isTemplate(model)) {
    refuseBoth(values, 'chat_template')
    const template = readTemplateFile(model, '{model}')
    if (values.tokenizer === undefined) return withoutTokenizer([template], model, settings)
    // The other folder is here for its tokenizer alone.
    const { ownTemplate: _, ...given } = await withTokenizer(
      { ...values, chat_template: model },
      values.tokenizer,
      io,
    )
    return given
  }
  const path = await resolveModel(model, { notice: text => io.tell(`lossline: ${text}`) })
  const isFolder = statSync(path).isDirectory()
  const hasTokenizer =
    !isFolder || ['tokenizer.json', 'tokenizer.json.gz'].some(name => existsSync(join(path, name)))
  if (hasTokenizer) {
    refuseBoth(values, 'tokenizer')
    return withTokenizer({ ...values, tokenizer: path }, path, io)
  }
  const files = filesIn(path)
  const { templates } = readModelFacts(files)
  const given = values.chat_template === undefined ? templates : [readTemplateFile(values.chat_template)]
  // A folder of weights: its template and configuration, with another folder's tokenizer where one is named.
  const configs = readModelConfigs(files)
  if (given.length === 0 && configs.model === undefined && configs.generation === undefined) {
    const what = 'holds no tokenizer, no chat template and no config.json'
    throw new LosslineError('cli/model', what, { where: model, fix: 'Name the folder of a model.' })
  }
  const own = { ...withoutTokenizer(given, path, settings), configs }
  if (values.tokenizer === undefined) return own
  const other = await withTokenizer(values, values.tokenizer, io)
  return {
    ...other,
    templates: given,
    context: { ...other.context, templates: own.context.templates },
    configs: own.configs,
    where: own.where,
  }
}

function isTemplate(model: string): boolean {
  return /\.(jinja2?|j2)$/.test(model)
}

function refuseBoth(values: Values, option: 'tokenizer' | 'chat_template'): void {
  if (values[option] === undefined) return
  const what = `says a second time what --model ${values.model} has`
  throw new LosslineError('cli/option', what, { where: `{${option}}`, fix: `Leave out one of the two.` })
}

async function withTokenizer(values: Values, tokenizer: string, io: Io): Promise<GivenModel> {
  const { folder, ...context } = await openModelOf({ ...values, tokenizer }, io)
  const isReplaced = values.chat_template !== undefined
  const templates = isReplaced ? [readTemplateFile(values.chat_template)] : folder.templates
  const where = (file: string): string =>
    isReplaced && file === values.chat_template ? file : join(folder.folder, file)
  return {
    context,
    templates,
    configs: readModelConfigs(filesIn(folder.folder)),
    hasTokenizer: true,
    ownTemplate: isReplaced ? readModelFolder(tokenizer).templates[0]?.source : undefined,
    where,
  }
}

function withoutTokenizer(
  templates: readonly NamedTemplate[],
  path: string,
  settings: Pick<GivenModel['context'], 'chatTemplateKwargs' | 'now'>,
): GivenModel {
  const compiled = templates.map(({ source, name, file }) =>
    ChatTemplate.compile(source, { name: templates.length === 1 ? file : name }),
  )
  const folder = isTemplate(path) ? dirname(path) : path
  return {
    context: { ...makeStandIn(compiled), ...settings },
    templates,
    configs: { generation: undefined, model: undefined, unusedTemplates: [] },
    hasTokenizer: false,
    where: file => (file === path ? path : join(folder, file)),
  }
}

async function writeModelReport(
  report: ModelReport,
  { values, maxFindings }: { readonly values: Values; readonly maxFindings: number | undefined },
  io: Io,
): Promise<void> {
  const title = values.model!
  const format = values.report_format ?? (values.json === true ? 'json' : 'text')
  switch (format) {
    case 'json':
      return io.write(`${JSON.stringify(toModelJson(report, title), null, 2)}\n`)
    case 'sarif':
      return io.write(`${JSON.stringify(toSarif(report.lint, readVersion()), null, 2)}\n`)
    case 'github':
      return io.write(toGithub(report.lint))
    case 'text': {
      const { width, colors } = io
      const options = { width, colors, title, level: values.level ?? 'warn', maxFindings }
      return io.write(`${toModelView(report, options)}\n`)
    }
    default: {
      const never: never = format
      return never
    }
  }
}
