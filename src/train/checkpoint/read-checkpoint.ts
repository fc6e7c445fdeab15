import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LosslineError, quote } from '../../error.ts'
import { type SFTConfig, toSnakeCase } from '../config/index.ts'
import type { SchedulerState } from '../optim/index.ts'
import type { Progress } from '../progress/index.ts'
import { FILES, type KeptProgress, type Training } from './checkpoint.ts'
import { findCheckpoint } from './folders.ts'
import { readFileInto } from './model-files.ts'
import { parseObject, parseTrainerState } from './trainer-state.ts'

/** Options with which another value would be another run: other examples in a step, another optimizer. */
const HAS_TO_BE_EQUAL: readonly (keyof SFTConfig)[] = [
  'perDeviceTrainBatchSize',
  'gradientAccumulationSteps',
  'dataloaderDropLast',
  'trainSamplingStrategy',
  'dataSeed',
  'seed',
  'optim',
]

/** Options that change no weight: where and how often something is told, evaluated or saved. A run may go on with others. */
const MAY_DIFFER: readonly (keyof SFTConfig)[] = [
  'outputDir',
  'resumeFromCheckpoint',
  'datasetNumProc',
  'bf16',
  'fp16',
  'paddingFree',
  'loggingDir',
  'loggingFirstStep',
  'loggingSteps',
  'loggingStrategy',
  'evalDelay',
  'evalOnStart',
  'evalPacking',
  'evalSteps',
  'evalStrategy',
  'perDeviceEvalBatchSize',
  'reportTo',
  'runName',
  'disableTqdm',
  'saveSteps',
  'saveStrategy',
  'saveTotalLimit',
  'saveOnlyModel',
]

export interface Resumed {
  readonly progress: Progress
  /** Options that are other than in the checkpoint, in sentences. */
  readonly notices: readonly string[]
}

/**
 * Brings a training to where a checkpoint is: its weights, its optimizer's state, its learning rate.
 *
 * @throws LosslineError `train/checkpoint` for a folder that lacks something, or is of another training
 */
export async function resumeFrom(folder: string, training: Training): Promise<Resumed> {
  const state = parseTrainerState(readText(folder, FILES.trainerState), join(folder, FILES.trainerState))
  const kept = readJson(folder, FILES.progress) as unknown as KeptProgress
  if (kept.dataHash !== training.dataHash) {
    const what = 'was trained on other examples, or the same in another order'
    const fix = 'Give the same dataset, template, {now} and options of the mask, or start anew.'
    throw new LosslineError('train/checkpoint', what, { where: folder, fix })
  }
  const notices = compareArguments(folder, readJson(folder, FILES.arguments), training.config)
  const { optimizer, scheduler, modelFiles } = training
  readFileInto(join(folder, FILES.optimizer), optimizer.state)
  optimizer.resume(state.globalStep)
  scheduler.resume(readJson(folder, FILES.scheduler) as unknown as SchedulerState)
  await modelFiles.load(folder)
  const { pending, worseEvaluations, tokens, totalLoss } = kept
  return { progress: { ...state, pending, worseEvaluations, tokens, totalLoss }, notices }
}

/**
 * What templates took for the time in the training that a checkpoint is of: whoever goes on makes the same examples only with the same.
 *
 * @param given `resume_from_checkpoint`
 * @returns undefined where the checkpoint doesn't say it
 * @throws LosslineError `train/no-checkpoint`, `train/checkpoint`
 */
export function readTimeOf(given: string, output: string): Date | undefined {
  const { now } = readJson(findCheckpoint(given, output), FILES.progress)
  return typeof now === 'string' ? new Date(now) : undefined
}

function compareArguments(folder: string, before: Record<string, unknown>, config: SFTConfig): string[] {
  const notices: string[] = []
  for (const [name, value] of Object.entries(config) as [keyof SFTConfig, unknown][]) {
    const key = toSnakeCase(name)
    const earlier = JSON.stringify(before[key] ?? null)
    const now = JSON.stringify(value ?? null)
    if (earlier === now || MAY_DIFFER.includes(name)) continue
    const what = `was trained with ${key} ${earlier}, and now it is ${now}`
    if (HAS_TO_BE_EQUAL.includes(name)) {
      const fix = `Give {${key}} the same value, or start anew.`
      throw new LosslineError('train/checkpoint', what, { where: folder, fix })
    }
    notices.push(`${folder} ${what}: from here on it is another training than an undisturbed one.`)
  }
  return notices
}

function readJson(folder: string, name: string): Record<string, unknown> {
  return parseObject(readText(folder, name), join(folder, name))
}

function readText(folder: string, name: string): string {
  const path = join(folder, name)
  if (existsSync(path)) return readFileSync(path, 'utf8')
  const what = `has no ${quote(name)}: it holds the model only, or another program wrote it`
  const fix = 'Go on from a checkpoint of a training without {save_only_model}, or start from its model.'
  throw new LosslineError('train/checkpoint', what, { where: folder, fix })
}
