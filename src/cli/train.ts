import { readFileSync } from 'node:fs'
import { LosslineError } from '../error.ts'
import { toSnakeCase } from '../train/config/index.ts'
import { type FineTuned, type FineTuneOptions, fineTune, toTrainedPart } from '../train/fine-tune/index.ts'
import type { TrainEvent } from '../train/logs/index.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { toMaskOptions } from './mask-options.ts'
import { readTemplateFile, resolveModelFolder } from './model-path.ts'
import type { Values } from './options.ts'
import { parseInput } from './prepare-inputs.ts'
import { makeProgress } from './progress.ts'
import { toRowOptions } from './rows-options.ts'
import { readTrainRequest, type TrainRequest } from './train-options.ts'
import { makeTrainProgress } from './train-progress.ts'
import { toTrainSummary } from './train-summary.ts'

/** `lossline train`: a folder with what was trained, its checkpoints and its logs; with --json an event a line. */
export async function runTrain(input: CommandInput, io: Io): Promise<ExitCode> {
  try {
    return await trainAsAsked(input, io)
  } catch (error) {
    throw error instanceof LosslineError ? namingFlag(error) : error
  }
}

/** An option that doesn't go with others is named as the API or the config file has it. */
function namingFlag(error: LosslineError): LosslineError {
  const { code, message, where = '', fix, cause } = error
  if (code !== 'train/option' && code !== 'train/report-to') return error
  if (!/^[a-z]\w*$/.test(where)) return error
  const flag = where === 'outputDir' ? 'output' : toSnakeCase(where).replaceAll('_', '-')
  return new LosslineError(code, message, { where: `--${flag}`, cause, ...(fix !== undefined && { fix }) })
}

async function trainAsAsked({ values: flags, own }: CommandInput, io: Io): Promise<ExitCode> {
  const request = await readTrainRequest(flags, own, readConfigFile)
  const { values } = request
  for (const text of request.notices) io.tell(`lossline: ${text}`)
  const options = await toFineTuneOptions(request, io)
  const reading = makeProgress(io, values.json === true)
  const progress = makeTrainProgress(io, {
    isJson: values.json === true,
    showsSteps: request.config.disableTqdm !== true,
  })
  const stop = new AbortController()
  // The first Ctrl-C lets the step be finished and saved; a second one ends at once.
  const interrupt = (): void => {
    stop.abort()
    process.once('SIGINT', () => process.exit(130))
  }
  process.removeAllListeners('SIGINT')
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  const onEvent = (event: TrainEvent): void => {
    if (event.kind === 'start') reading.end()
    progress.update(event)
  }
  const rows = { ...options.rows, onProgress: reading.update }
  try {
    const trained = await fineTune({ ...options, rows, signal: stop.signal, onEvent })
    progress.end()
    if (trained.reason === 'stopped') {
      if (trained.globalStep === 0)
        io.tell('lossline: stopped before the first step: there is nothing to save.')
      else
        io.tell(
          `lossline: stopped after step ${trained.globalStep}, which is saved; the same command with --resume goes on there.`,
        )
      return 130
    }
    await tellResult(trained, options, values, io)
    return 0
  } catch (error) {
    if (!(error instanceof LosslineError) || error.code !== 'train/interrupted') throw error
    reading.end()
    io.tell(`lossline: ${error.message}.`)
    return 130
  } finally {
    reading.end()
    progress.end()
    process.removeListener('SIGTERM', interrupt)
  }
}

async function tellResult(
  trained: FineTuned,
  { model, config }: FineTuneOptions,
  values: Values,
  io: Io,
): Promise<void> {
  if (values.json !== true) {
    const isInWandb = config.reportTo?.some(name => name === 'wandb' || name === 'all') === true
    return io.write(
      `${toTrainSummary(trained, { model: values.model ?? model, width: io.width, isInWandb })}\n`,
    )
  }
  const { reason, globalStep, metrics, output, bestCheckpoint = null, answers } = trained
  await io.write(
    `${JSON.stringify({ event: 'done', reason, step: globalStep, output, best_checkpoint: bestCheckpoint, ...metrics, answers })}\n`,
  )
}

async function toFineTuneOptions(request: TrainRequest, io: Io): Promise<FineTuneOptions> {
  const { values, config, model: modelOptions } = request
  const { model, dataset, output, eval_dataset: evalDataset } = values
  if (model === undefined) throw missing('--model', 'Name a model folder.')
  if (dataset === undefined) throw missing('--dataset', 'Name a file of conversations.')
  if (output === undefined) throw missing('--output', 'Name the folder to write: -o ./trained.')
  const rows = toRowOptions(values)
  const evaluates = evalDataset !== undefined && config.evalStrategy === undefined
  const interval = config.evalSteps === undefined ? 'epoch' : 'steps'
  if (evaluates && interval === 'epoch')
    io.tell('lossline: evaluates after each epoch; --eval-strategy says otherwise.')
  return {
    model: await resolveModelFolder(model, io),
    ...toTrainedPart(modelOptions, values.adapter),
    config: {
      ...config,
      outputDir: output,
      ...(values.resume === true && { resumeFromCheckpoint: config.resumeFromCheckpoint ?? 'last' }),
      ...(evaluates && { evalStrategy: interval }),
    },
    rows: {
      inputs: dataset.map(parseInput),
      mask: toMaskOptions(values),
      cache: values.no_cache !== true,
      ...(rows !== undefined && { rows }),
      ...(values.input_format?.file !== undefined && { fileFormat: values.input_format.file }),
      ...(values.chat_template !== undefined && { chatTemplate: readTemplateFile(values.chat_template) }),
      ...(values.chat_template_kwargs !== undefined && { chatTemplateKwargs: values.chat_template_kwargs }),
      ...(values.now !== undefined && { now: values.now }),
      ...(values.allow_findings !== undefined && { allowFindings: values.allow_findings }),
    },
    ...(evalDataset !== undefined && { evalInputs: evalDataset.map(parseInput) }),
    ...(values.prompts !== undefined && { prompts: values.prompts, promptCount: 10 }),
    ...(values.device !== undefined && { device: values.device }),
    ...(values.threads !== undefined && { threads: values.threads }),
    notice: text => io.tell(`lossline: ${text}`),
  }
}

function missing(where: string, fix: string): LosslineError {
  return new LosslineError('cli/missing', 'is needed', { where, fix })
}

function readConfigFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    const what = code === 'ENOENT' ? 'does not exist' : `can't be read (${code})`
    throw new LosslineError('cli/config', what, { where: path, fix: 'Check --config.', cause })
  }
}
