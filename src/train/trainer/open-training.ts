import { LosslineError, quote } from '../../error.ts'
import type { Training } from '../checkpoint/index.ts'
import type { SFTConfig } from '../config/index.ts'
import { hashExamples } from '../data/index.ts'
import { OPTIMIZERS, type Optimizer, parseOptimizerArgs, Scheduler } from '../optim/index.ts'
import { countSteps, toIntervals } from '../progress/index.ts'
import { paysToThread, ThreadedAdamW } from '../threads/index.ts'
import type { Parameter } from '../trainable-model.ts'
import { EVALUATION_METRICS } from './evaluate.ts'
import type { SFTTrainerOptions } from './options.ts'

/**
 * What a training is done with: how long it is, its optimizer, its learning rate.
 *
 * @throws LosslineError `train/option`, `train/no-examples`
 */
export function openTraining(options: SFTTrainerOptions, config: SFTConfig): Training {
  const { model, modelFiles, trainSet } = options
  const counts = countSteps(trainSet.exampleCount, config)
  checkSets(options, config, counts.batchesPerEpoch)
  checkMetric(config)
  return {
    config,
    counts,
    intervals: toIntervals(config, counts),
    optimizer: openOptimizer(model.parameters, config),
    scheduler: new Scheduler(config.lrSchedulerType, {
      learningRate: config.learningRate,
      warmupSteps: config.warmupSteps || Math.ceil(counts.steps * config.warmupRatio),
      trainingSteps: counts.steps,
      kwargs: config.lrSchedulerKwargs ?? {},
    }),
    modelFiles,
    dataHash: hashExamples(trainSet),
    now: options.now,
  }
}

function openOptimizer(parameters: readonly Parameter[], config: SFTConfig): Optimizer {
  const options = { ...config, args: parseOptimizerArgs(config.optimArgs) }
  const isAdam = config.optim === 'adamw_torch' || config.optim === 'adamw_torch_fused'
  if (isAdam && paysToThread(parameters)) return new ThreadedAdamW(parameters, options)
  return OPTIMIZERS[config.optim](parameters, options)
}

function checkSets({ evalSet }: SFTTrainerOptions, config: SFTConfig, batchesPerEpoch: number): void {
  if (batchesPerEpoch === 0)
    throw new LosslineError('train/no-examples', 'has no batch to train on', { where: 'the training set' })
  if (evalSet === undefined || evalSet.exampleCount === 0) checkNeedsNoEvaluation(config)
}

/**
 * For a training that has nothing to evaluate on.
 *
 * @throws LosslineError `train/no-examples`
 */
export function checkNeedsNoEvaluation({ evalStrategy, evalOnStart }: SFTConfig): void {
  if (evalStrategy === 'no' && !evalOnStart) return
  const where = evalOnStart ? '{eval_on_start}' : '{eval_strategy}'
  const fix = 'Give {eval_dataset}, or leave this out.'
  throw new LosslineError('train/no-examples', 'needs examples to evaluate on', { where, fix })
}

/** An evaluation comes late: what is told of it is looked up before. */
function checkMetric({ metricForBestModel: given }: SFTConfig): void {
  if (given === undefined || EVALUATION_METRICS.includes(given.replace(/^(?!eval_)/, 'eval_'))) return
  const what = `is ${quote(given)}, which no evaluation gives; expected one of ${EVALUATION_METRICS.join(', ')}`
  throw new LosslineError('train/option', what, { where: 'metricForBestModel' })
}
