import { LosslineError } from '../../error.ts'
import type { MaskOptions } from '../../mask/index.ts'
import type { LossOptions } from '../trainable-model.ts'
import { checkOption } from './read-config.ts'
import type { SFTConfig } from './sft-config.ts'
import { SFT_OPTIONS } from './sft-options.ts'

export interface SettledConfig {
  readonly config: SFTConfig
  /** Told in a sentence what was assumed. */
  readonly notices: readonly string[]
}

/**
 * Puts defaults in place, and checks each value and what goes together, as transformers' TrainingArguments does.
 *
 * @throws LosslineError `train/option`
 */
export function settleConfig(options: Partial<SFTConfig>): SettledConfig {
  const config: Record<string, unknown> = {}
  for (const name of Object.keys(SFT_OPTIONS) as (keyof SFTConfig)[])
    config[name] = name in options ? checkOption(name, options[name]) : SFT_OPTIONS[name].default
  for (const name of Object.keys(options))
    if (!Object.hasOwn(SFT_OPTIONS, name)) throw optionError(name, 'is no option of a training')
  const settled = fillIn(config as unknown as SFTConfig)
  checkTogether(settled)
  return { config: settled, notices: listNotices(settled) }
}

/** Defaults that depend on other options. */
function fillIn(config: SFTConfig): SFTConfig {
  const needsMetric =
    config.loadBestModelAtEnd ||
    config.earlyStoppingPatience !== undefined ||
    config.saveStrategy === 'best' ||
    config.lrSchedulerType === 'reduce_lr_on_plateau'
  const metric = config.metricForBestModel ?? (needsMetric ? 'loss' : undefined)
  return {
    ...config,
    lossType: config.lossType === 'chunked_nll' ? 'nll' : config.lossType,
    dataSeed: config.dataSeed ?? config.seed,
    evalPacking: config.evalPacking ?? config.packing,
    evalSteps: config.evalSteps ?? (config.evalStrategy === 'steps' ? config.loggingSteps : undefined),
    trainSamplingStrategy: config.groupByLength ? 'group_by_length' : config.trainSamplingStrategy,
    metricForBestModel: metric,
    greaterIsBetter: config.greaterIsBetter ?? (metric === undefined ? undefined : !metric.endsWith('loss')),
  }
}

function checkTogether(config: SFTConfig): void {
  const { evalStrategy, saveStrategy, evalSteps, saveSteps } = config
  if (config.maxSteps === 0) throw optionError('maxSteps', 'is 0; expected -1 or a number of steps')
  if (config.packing && config.maxLength === undefined)
    throw optionError('packing', 'needs a length for its packs', 'Give {max_length}.')
  if (config.optimArgs !== undefined && config.optim !== 'sgd')
    throw optionError('optimArgs', `has no effect with ${config.optim}: sgd alone takes any`, 'Leave it out.')
  if (config.lossType === 'dft' && config.labelSmoothingFactor > 0)
    throw optionError('labelSmoothingFactor', 'does not go with dft', 'Leave one of them out.')
  const evaluates = evalStrategy !== 'no'
  for (const [name, on] of [
    ['earlyStoppingPatience', config.earlyStoppingPatience !== undefined],
    ['loadBestModelAtEnd', config.loadBestModelAtEnd],
    ['saveStrategy', saveStrategy === 'best'],
    ['lrSchedulerType', config.lrSchedulerType === 'reduce_lr_on_plateau'],
  ] as const)
    if (on && !evaluates) throw optionError(name, 'needs evaluations', 'Give {eval_strategy} steps or epoch.')
  if (!config.loadBestModelAtEnd || saveStrategy === 'best') return
  if (saveStrategy !== evalStrategy) {
    const what = `needs checkpoints where there are evaluations, and they are written by ${saveStrategy}, not ${evalStrategy}`
    throw optionError('loadBestModelAtEnd', what, 'Give {save_strategy} and {eval_strategy} the same value.')
  }
  if (evalStrategy === 'steps' && !isMultiple(saveSteps, evalSteps!)) {
    const what = `needs an evaluation at each checkpoint, and ${saveSteps} is no multiple of ${evalSteps}`
    throw optionError('loadBestModelAtEnd', what, 'Make {save_steps} a multiple of {eval_steps}.')
  }
}

/** Shares of all steps are compared to a millionth. */
function isMultiple(whole: number, part: number): boolean {
  if (whole < 1 !== part < 1) return false
  const scale = part < 1 ? 1e6 : 1
  return Math.round(whole * scale) % Math.round(part * scale) === 0
}

function listNotices(config: SFTConfig): string[] {
  const notices: string[] = []
  if (config.fp16 || config.bf16 === true)
    notices.push(`${config.fp16 ? 'fp16' : 'bf16'} has no effect: weights and arithmetic are float32.`)
  if (config.evalSteps !== undefined && config.evalStrategy !== 'steps')
    notices.push(`eval_steps has no effect: eval_strategy is ${config.evalStrategy}, not steps.`)
  return notices
}

/**
 * The mask that an option of TRL's asks for; nothing where none does, and the exact mask is made.
 *
 * TRL trains every token of a conversation unless `assistant_only_loss` is on; here that has to be asked for, with false.
 */
export function toMaskOptions({
  assistantOnlyLoss,
  completionOnlyLoss,
}: Pick<SFTConfig, 'assistantOnlyLoss' | 'completionOnlyLoss'>): Pick<MaskOptions, 'strategy'> {
  if (assistantOnlyLoss === true) return { strategy: 'assistant' }
  if (completionOnlyLoss === true) return { strategy: 'completion' }
  return assistantOnlyLoss === false || completionOnlyLoss === false ? { strategy: 'all' } : {}
}

/** What a model is opened with. */
export function toModelOptions({
  lossType,
  labelSmoothingFactor,
  neftuneNoiseAlpha,
  gradientCheckpointing,
}: Pick<
  SFTConfig,
  'lossType' | 'labelSmoothingFactor' | 'neftuneNoiseAlpha' | 'gradientCheckpointing'
>): ModelOptions {
  return {
    loss: { type: lossType === 'dft' ? 'dft' : 'nll', labelSmoothing: labelSmoothingFactor },
    neftuneNoiseAlpha: neftuneNoiseAlpha ?? 0,
    gradientCheckpointing,
  }
}

/** What of a model's options a config decides. */
export interface ModelOptions {
  readonly loss: LossOptions
  /** 0: no noise. */
  readonly neftuneNoiseAlpha: number
  readonly gradientCheckpointing: boolean
}

function optionError(where: string, what: string, fix?: string): LosslineError {
  return new LosslineError('train/option', what, fix === undefined ? { where } : { where, fix })
}
