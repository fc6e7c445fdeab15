import { basename, join } from 'node:path'
import { LosslineError } from '../../error.ts'
import type { JsonObject } from '../../json/index.ts'
import { type Model, openModel } from '../../open-model.ts'
import { checkPreparedTokenizer } from '../../prepare/index.ts'
import { type LaidAdapter, layAdapter, layTrainedAdapter, toLoraConfig, toTrained } from '../adapter/index.ts'
import {
  findStart,
  type ModelFiles,
  readTimeOf,
  toAdapterFiles,
  toFullModelFiles,
} from '../checkpoint/index.ts'
import { type SFTConfig, settleConfig, toMaskOptions, toModelOptions, toSnakeCase } from '../config/index.ts'
import {
  checkSignal,
  type ExampleSet,
  findPrepared,
  type ReadExamplesOptions,
  readEvalExamples,
  readExamples,
} from '../data/index.ts'
import type { Prompt } from '../generate/index.ts'
import { checkReportTo, type GeneratedAnswer, type RunStart } from '../logs/index.ts'
import { checkTokenIds, parseModelConfig, resolveWeights } from '../model/index.ts'
import { checkOnnxRuntime, type OpenedModel, openTrainableModel, readConfig } from '../runtime/index.ts'
import { checkNeedsNoEvaluation, SFTTrainer, type Trained } from '../trainer/index.ts'
import { readTensorIndex } from '../weights/index.ts'
import { readPrompts } from './answers.ts'
import { checkFit } from './check-fit.ts'
import { checkLengths } from './check-lengths.ts'
import { explainNotFinite } from './explain-not-finite.ts'
import { toLoggedRows } from './logged-rows.ts'
import { LoggedTraining } from './logged-training.ts'
import { findFrozenNewTokens, stopAtNewTokens } from './new-tokens.ts'
import type { FineTuneOptions } from './options.ts'
import { tellEmptyBatches } from './tell-empty-batches.ts'

export interface FineTuned extends Trained {
  /** Where it was written. */
  readonly output: string
  readonly isAdapter: boolean
  /** The last answers to the prompts. */
  readonly answers: readonly GeneratedAnswer[]
}

/**
 * Fine-tunes the model of a folder on conversations, and writes what was trained, its checkpoints and its logs to `outputDir`.
 *
 * @throws LosslineError for options, files and rows that can't be used, `train/memory` where it does not fit, `train/no-runtime` without onnxruntime-node, `train/interrupted` after `signal` before the first step, and those of `SFTTrainer`
 */
export async function fineTune(given: FineTuneOptions): Promise<FineTuned> {
  const { config, notices } = settleConfig(given.config)
  const now = given.rows.now ?? findTime(config)
  const options = { ...given, rows: { ...given.rows, now }, notice: tellOnce(given.notice) }
  for (const text of notices) options.notice(text)
  checkReportTo(config.reportTo)
  checkOnnxRuntime()
  // What the trainer would find too, after minutes of reading.
  findStart(config)
  if (options.evalInputs === undefined) checkNeedsNoEvaluation(config)
  checkWeights(options.model)
  const adapter = layPart(options, config)
  for (const name of adapter?.plan.unmatched ?? []) options.notice(`no module of the model is named ${name}.`)
  const data = await readData(options, config, adapter)
  const trained = adapter === undefined ? ({ kind: 'all' } as const) : toTrained(adapter)
  checkFit(options.model, config, data.trainSet, { trained, quantization: options.quantization })
  const model = await openTrainableModel(options.model, {
    trained,
    ...toModelOptions(config),
    ...(options.quantization !== undefined && { quantization: options.quantization }),
    ...(options.device !== undefined && { device: options.device }),
    ...(options.threads !== undefined && { threads: options.threads }),
  })
  try {
    checkSignal(options.signal)
    const files = {
      baseFolder: options.model,
      ...(options.rows.chatTemplate !== undefined && { chatTemplate: options.rows.chatTemplate.source }),
    }
    const modelFiles =
      adapter === undefined
        ? toFullModelFiles(model.parameters, files)
        : toAdapterFiles(model.parameters, adapter, files)
    return await train({ options, config, data, model, modelFiles, isAdapter: adapter !== undefined })
  } catch (error) {
    const isNotFinite = error instanceof LosslineError && error.code === 'train/not-finite'
    throw isNotFinite ? explainNotFinite(error, options) : error
  } finally {
    await model.close()
  }
}

/** A template may write the time into each example: who goes on makes those of the run that was begun. */
function findTime({ resumeFromCheckpoint, outputDir }: SFTConfig): Date {
  const begun = resumeFromCheckpoint === undefined ? undefined : readTimeOf(resumeFromCheckpoint, outputDir)
  return begun ?? new Date()
}

/** Config and weights that contradict each other, and files that are cut: before the rows are read, which takes longer. */
function checkWeights(folder: string): void {
  const description = parseModelConfig(readConfig(folder), join(folder, 'config.json'))
  resolveWeights(description, readTensorIndex(folder), folder)
}

/** Options are settled here and by the trainer: what is to be said of them is said once. */
function tellOnce(notice: (text: string) => void = () => {}): (text: string) => void {
  const told = new Set<string>()
  return text => {
    if (!told.has(text)) notice(text)
    told.add(text)
  }
}

interface Data {
  readonly chat: Model
  readonly modelConfig: JsonObject
  readonly trainSet: ExampleSet
  readonly evalSet: ExampleSet | undefined
  readonly prompts: readonly Prompt[]
}

async function readData(
  options: FineTuneOptions,
  config: SFTConfig,
  adapter: LaidAdapter | undefined,
): Promise<Data> {
  const { evalInputs, rows } = options
  const configFile = join(options.model, 'config.json')
  const modelConfig = readConfig(options.model)
  const description = parseModelConfig(modelConfig, configFile)
  const chat = await openModel(options.model, {
    ...(rows.chatTemplate !== undefined && { chatTemplate: rows.chatTemplate }),
    ...(rows.chatTemplateKwargs !== undefined && { chatTemplateKwargs: rows.chatTemplateKwargs }),
    ...(rows.now !== undefined && { now: rows.now }),
    ...(rows.cache !== undefined && { cache: rows.cache }),
  })
  checkTokenIds(description, chat.tokenizer.vocabSize, chat.folder.tokenizerFile)
  const prepared = findPrepared(rows.inputs)
  for (const path of [prepared, findPrepared(evalInputs ?? [])])
    if (path !== undefined) checkPreparedTokenizer(path, chat.folder)
  const frozenNewTokens =
    adapter === undefined ? undefined : findFrozenNewTokens(chat.folder, options.model, adapter)
  const reading: ReadExamplesOptions = {
    ...rows,
    model: options.model,
    maxLength: config.maxLength,
    // Without a length nothing is cut.
    ...(config.maxLength !== undefined && { truncation: config.truncationMode }),
    seed: config.seed,
    mask: { ...toMaskOptions(config), ...rows.mask },
    ...(config.datasetNumProc !== undefined && { workers: config.datasetNumProc }),
    ...(frozenNewTokens !== undefined && { frozenNewTokens }),
    ...(options.notice !== undefined && { notice: options.notice }),
    ...(options.signal !== undefined && { signal: options.signal }),
  }
  const trainSet = await readExamples(reading, config)
  if (prepared !== undefined) stopAtNewTokens(trainSet, reading, chat)
  const evalSet =
    evalInputs === undefined
      ? undefined
      : await readEvalExamples({ ...reading, inputs: evalInputs }, config, chat)
  for (const set of [trainSet, evalSet]) {
    const told = set && checkLengths(description, set)
    if (told !== undefined) options.notice?.(set === evalSet ? `evaluation: ${told}` : told)
  }
  if (evalSet !== undefined) tellEmptyBatches(evalSet, config, options.notice)
  return { chat, modelConfig, trainSet, evalSet, prompts: await readPrompts(options, chat) }
}

function layPart({ model, part }: FineTuneOptions, { seed }: SFTConfig): LaidAdapter | undefined {
  switch (part.kind) {
    case 'all':
      return undefined
    case 'new-adapter':
      return layAdapter(model, toLoraConfig(part.lora), seed)
    case 'adapter':
      return layTrainedAdapter(model, part.folder)
    default: {
      const never: never = part
      return never
    }
  }
}

interface Run {
  readonly options: FineTuneOptions
  readonly config: SFTConfig
  readonly data: Data
  readonly model: OpenedModel
  readonly modelFiles: ModelFiles
  readonly isAdapter: boolean
}

async function train({ options, config, data, model, modelFiles, isAdapter }: Run): Promise<FineTuned> {
  const { trainSet, evalSet, prompts, chat } = data
  const logged = new LoggedTraining({
    config,
    chat,
    model,
    prompts,
    toStart: step => toStart({ options, config, data, model, modelFiles, isAdapter }, step, trainer),
    ...(options.onEvent !== undefined && { onEvent: options.onEvent }),
    ...(options.signal !== undefined && { signal: options.signal }),
  })
  const trainer: SFTTrainer = new SFTTrainer({
    model,
    modelFiles,
    config,
    trainSet,
    ...(evalSet !== undefined && { evalSet }),
    ...(options.rows.now !== undefined && { now: options.rows.now }),
    callbacks: [event => logged.write(event)],
    ...(options.signal !== undefined && { signal: options.signal }),
    ...(options.notice !== undefined && { notice: options.notice }),
  })
  try {
    const trained = await trainer.train()
    if (trained.reason !== 'stopped') await modelFiles.save(config.outputDir)
    return { ...trained, output: config.outputDir, isAdapter, answers: logged.answers }
  } finally {
    await logged.close()
  }
}

function toStart(
  { options, config, data, model, isAdapter }: Run,
  step: number,
  trainer: SFTTrainer,
): RunStart {
  const trainedParameters = model.parameters.reduce((sum, { data: numbers }) => sum + numbers.length, 0)
  const { trainSet, modelConfig } = data
  const entries = Object.entries(config).map(([name, value]) => [toSnakeCase(name), value ?? null])
  return {
    kind: 'start',
    runName: config.runName ?? basename(config.outputDir),
    config: {
      model: options.model,
      dataset: options.rows.inputs.map(({ path }) => path),
      ...Object.fromEntries(entries),
      ...toPartOptions(options),
    } as JsonObject,
    modelConfig,
    step,
    totalSteps: trainer.training.counts.steps,
    trainedParameters,
    allParameters: model.parameterCount + (isAdapter ? trainedParameters : 0),
    rows: toLoggedRows(trainSet),
  }
}

function toPartOptions({ part, quantization }: FineTuneOptions): Record<string, unknown> {
  const more = quantization === undefined ? {} : { quantization }
  if (part.kind === 'all') return more
  if (part.kind === 'adapter') return { ...more, adapter: part.folder }
  const lora = Object.entries(toLoraConfig(part.lora)).filter(([, value]) => value !== undefined)
  return { ...more, ...Object.fromEntries(lora.map(([name, value]) => [`lora ${toSnakeCase(name)}`, value])) }
}
