import { LosslineError } from '../../error.ts'
import {
  checkpointFolder,
  findCheckpoint,
  listCheckpoints,
  type ModelFiles,
  removeAside,
  resumeFrom,
  rotateCheckpoints,
  type Training,
  writeCheckpoint,
} from '../checkpoint/index.ts'
import { type SFTConfig, settleConfig } from '../config/index.ts'
import { type ExampleSet, hashExamples, StepOrder } from '../data/index.ts'
import type { Metrics } from '../logs/index.ts'
import { OPTIMIZERS, type Optimizer, parseOptimizerArgs, Scheduler } from '../optim/index.ts'
import {
  addEvaluation,
  addLog,
  addStep,
  countSteps,
  decideFlow,
  FIRST_PROGRESS,
  type Flow,
  type Progress,
  toIntervals,
  toLog,
} from '../progress/index.ts'
import { paysToThread, ThreadedAdamW } from '../threads/index.ts'
import type { Parameter, TrainableModel } from '../trainable-model.ts'
import { type Evaluated, evaluate } from './evaluate.ts'
import type { TrainerCallback, TrainerEvent } from './events.ts'
import { trainStep } from './train-step.ts'

export interface SFTTrainerOptions {
  /** Opened with the loss that the config asks for. */
  readonly model: TrainableModel
  readonly modelFiles: ModelFiles
  readonly config: Partial<SFTConfig>
  readonly trainSet: ExampleSet
  readonly evalSet?: ExampleSet
  readonly callbacks?: readonly TrainerCallback[]
  /** Ends the training after the step that is being done, with a checkpoint. */
  readonly signal?: AbortSignal
  /** Told in a sentence what was assumed. */
  readonly notice?: (text: string) => void
}

/** All steps done, no better evaluation for long, or asked to stop. */
export type EndReason = 'done' | 'early-stopping' | 'stopped'

export interface Trained {
  readonly reason: EndReason
  readonly globalStep: number
  /** `train_loss`, the mean over all steps, `train_runtime` (seconds) and its like. */
  readonly metrics: Metrics
  /** What was logged, with the step and epoch of each. */
  readonly logHistory: readonly Metrics[]
  /** The folder of the best evaluation's checkpoint, where there is one. */
  readonly bestCheckpoint: string | undefined
}

/** Supervised fine-tuning as TRL's SFTTrainer does it. */
export class SFTTrainer {
  readonly config: SFTConfig
  readonly training: Training
  readonly #options: SFTTrainerOptions
  readonly #order: StepOrder
  #progress: Progress = FIRST_PROGRESS
  #stops = false

  /** @throws LosslineError `train/option`, `train/no-examples` */
  constructor(options: SFTTrainerOptions) {
    const { model, modelFiles, trainSet, evalSet, notice } = options
    const { config, notices } = settleConfig(options.config)
    for (const text of notices) notice?.(text)
    const counts = countSteps(trainSet.exampleCount, config)
    checkSets(config, counts.batchesPerEpoch, evalSet)
    this.config = config
    this.#options = options
    this.#order = new StepOrder(trainSet, counts.batchesPerEpoch, config)
    this.training = {
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
    }
  }

  /** Where the training is. */
  get progress(): Progress {
    return this.#progress
  }

  /**
   * Trains, from the start or from the checkpoint that `resumeFromCheckpoint` names.
   *
   * @throws LosslineError `train/not-finite`, `train/checkpoint`, `train/no-checkpoint`, `train/output-exists`, and what writing can fail with
   */
  async train(): Promise<Trained> {
    const started = performance.now()
    await this.#begin()
    const firstStep = this.#progress.globalStep
    if (this.config.evalOnStart && firstStep === 0) await this.#evaluate()
    let reason: EndReason = 'done'
    while (this.#progress.globalStep < this.training.counts.steps) {
      await this.#step()
      if (this.#isStopped) reason = 'stopped'
      else if (this.#isWorseForLong) reason = 'early-stopping'
      if (reason !== 'done') break
    }
    const bestCheckpoint = await this.#loadBest(reason)
    const metrics = this.#summarise((performance.now() - started) / 1000, firstStep)
    this.#progress = addLog(this.#progress, metrics, 'end')
    await this.#tell({ kind: 'end', ...this.#place, metrics })
    await this.training.optimizer.close?.()
    const { globalStep, logHistory } = this.#progress
    return { reason, globalStep, metrics, logHistory, bestCheckpoint }
  }

  /**
   * Evaluates the model as it is, logs and tells it.
   *
   * @throws LosslineError `train/no-examples` without an evaluation set
   */
  async evaluate(): Promise<Evaluated> {
    const { model, evalSet } = this.#options
    if (evalSet === undefined) throw noExamples('needs examples to evaluate on', 'evalSet')
    const evaluated = await evaluate(model, evalSet, this.config.perDeviceEvalBatchSize)
    const metrics = { ...evaluated.metrics, eval_num_tokens: this.#progress.tokens }
    this.#progress = addLog(this.#progress, metrics, 'evaluation')
    await this.#tell({ kind: 'evaluation', ...this.#place, metrics, groups: evaluated.groups })
    return { metrics, groups: evaluated.groups }
  }

  async #begin(): Promise<void> {
    const { outputDir, resumeFromCheckpoint } = this.config
    removeAside(outputDir)
    if (resumeFromCheckpoint === undefined) {
      if (listCheckpoints(outputDir).length === 0) return
      const what = 'holds checkpoints of another training'
      const fix = 'Go on with {resume}, or name another {output}.'
      throw new LosslineError('train/output-exists', what, { where: outputDir, fix })
    }
    const { progress, notices } = await resumeFrom(
      findCheckpoint(resumeFromCheckpoint, outputDir),
      this.training,
    )
    for (const text of notices) this.#options.notice?.(text)
    this.#progress = progress
  }

  async #step(): Promise<void> {
    const { counts, optimizer, scheduler, intervals } = this.training
    const { config } = this
    const { globalStep } = this.#progress
    const epoch = Math.floor(globalStep / counts.stepsPerEpoch)
    const stepInEpoch = globalStep % counts.stepsPerEpoch
    const batches = this.#order.batchesOf(epoch, stepInEpoch)
    const { learningRate } = scheduler
    const outcome = await trainStep({
      model: this.#options.model,
      set: this.#options.trainSet,
      optimizer,
      batches,
      learningRate,
      maxGradNorm: config.maxGradNorm,
      noiseSeed: (config.seed + globalStep * config.gradientAccumulationSteps + 1) >>> 0,
    }).catch((error: unknown) => {
      throw error instanceof LosslineError ? error.at(`step ${globalStep + 1}:`) : error
    })
    scheduler.step()
    const done = stepInEpoch * config.gradientAccumulationSteps + batches.length
    this.#progress = addStep(this.#progress, outcome, epoch + done / counts.batchesPerEpoch, batches.length)
    const { loss, gradNorm, tokens } = outcome
    await this.#tell({ kind: 'step', ...this.#place, loss, gradNorm, learningRate, tokens })
    const step = globalStep + 1
    const isLast = step === counts.steps
    const isEpochEnd = isLast || stepInEpoch + 1 === counts.stepsPerEpoch
    const flow = decideFlow({ config, intervals, step, epoch: this.#progress.epoch, isEpochEnd, isLast })
    await this.#follow(flow, toLog(this.#progress, outcome, learningRate))
  }

  async #follow(flow: Flow, metrics: Metrics): Promise<void> {
    if (flow.log) {
      this.#progress = addLog(this.#progress, metrics, 'steps')
      await this.#tell({ kind: 'log', ...this.#place, metrics })
    }
    const isBest = flow.evaluate && (await this.#evaluate())
    const isBestSaved = this.config.saveStrategy === 'best' && isBest
    if (flow.save || isBestSaved || this.#isStopped) await this.#save()
  }

  /** Whether it is the best so far. */
  async #evaluate(): Promise<boolean> {
    const { metrics } = await this.evaluate()
    const { metricForBestModel, greaterIsBetter = false, earlyStoppingThreshold: threshold } = this.config
    if (metricForBestModel === undefined) return false
    const name = metricForBestModel.startsWith('eval_') ? metricForBestModel : `eval_${metricForBestModel}`
    const metric = metrics[name]
    if (metric === undefined) {
      const what = `is ${name}, which no evaluation gives; expected one of ${Object.keys(metrics).join(', ')}`
      throw new LosslineError('train/option', what, { where: 'metricForBestModel' })
    }
    if (this.#progress.globalStep > 0) this.training.scheduler.see(metric)
    const { progress, isBest } = addEvaluation(this.#progress, metric, { greaterIsBetter, threshold })
    this.#progress = progress
    return isBest
  }

  async #save(): Promise<void> {
    const folder = await writeCheckpoint(this.training, this.#progress)
    await this.#tell({ kind: 'checkpoint', step: this.#progress.globalStep, folder })
    const { outputDir, saveTotalLimit } = this.config
    if (saveTotalLimit !== undefined)
      rotateCheckpoints(outputDir, saveTotalLimit, this.#progress.best?.globalStep)
  }

  async #loadBest(reason: EndReason): Promise<string | undefined> {
    const { outputDir, loadBestModelAtEnd } = this.config
    const step = this.#progress.best?.globalStep
    if (step === undefined || !listCheckpoints(outputDir).includes(step)) return undefined
    const folder = checkpointFolder(outputDir, step)
    // A training that was asked to stop goes on some day, from its last checkpoint.
    if (loadBestModelAtEnd && reason !== 'stopped') await this.training.modelFiles.load(folder)
    return folder
  }

  #summarise(seconds: number, firstStep: number): Metrics {
    const { globalStep, totalLoss } = this.#progress
    const steps = globalStep - firstStep
    const examples = steps * this.config.perDeviceTrainBatchSize * this.config.gradientAccumulationSteps
    return {
      train_runtime: seconds,
      train_samples_per_second: examples / seconds,
      train_steps_per_second: steps / seconds,
      train_loss: totalLoss / Math.max(1, globalStep),
    }
  }

  get #place(): { step: number; epoch: number } {
    return { step: this.#progress.globalStep, epoch: this.#progress.epoch }
  }

  get #isStopped(): boolean {
    return this.#stops || this.#options.signal?.aborted === true
  }

  get #isWorseForLong(): boolean {
    const { earlyStoppingPatience } = this.config
    return earlyStoppingPatience !== undefined && this.#progress.worseEvaluations >= earlyStoppingPatience
  }

  async #tell(event: TrainerEvent): Promise<void> {
    const control = { stop: () => (this.#stops = true) }
    for (const callback of this.#options.callbacks ?? []) await callback(event, control)
  }
}

function openOptimizer(parameters: readonly Parameter[], config: SFTConfig): Optimizer {
  const options = { ...config, args: parseOptimizerArgs(config.optimArgs) }
  const isAdam = config.optim === 'adamw_torch' || config.optim === 'adamw_torch_fused'
  if (isAdam && paysToThread(parameters)) return new ThreadedAdamW(parameters, options)
  return OPTIMIZERS[config.optim](parameters, options)
}

function checkSets(config: SFTConfig, batchesPerEpoch: number, evalSet: ExampleSet | undefined): void {
  if (batchesPerEpoch === 0) throw noExamples('has no batch to train on', 'the training set')
  if (config.evalStrategy === 'no' && !config.evalOnStart) return
  if (evalSet === undefined || evalSet.exampleCount === 0)
    throw noExamples('needs examples to evaluate on', 'evalStrategy')
}

function noExamples(what: string, where: string): LosslineError {
  return new LosslineError('train/no-examples', what, { where })
}
