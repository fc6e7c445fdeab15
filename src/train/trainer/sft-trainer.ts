import { LosslineError } from '../../error.ts'
import {
  checkpointFolder,
  findStart,
  listCheckpoints,
  removeAside,
  resumeFrom,
  rotateCheckpoints,
  type Training,
  writeCheckpoint,
} from '../checkpoint/index.ts'
import { type SFTConfig, settleConfig } from '../config/index.ts'
import { StepOrder } from '../data/index.ts'
import type { Metrics } from '../logs/index.ts'
import {
  addEvaluation,
  addLog,
  addStep,
  decideFlow,
  FIRST_PROGRESS,
  type Flow,
  type Progress,
  toLog,
} from '../progress/index.ts'
import { type Evaluated, evaluate } from './evaluate.ts'
import type { TrainerEvent } from './events.ts'
import { openTraining } from './open-training.ts'
import type { EndReason, SFTTrainerOptions, Trained } from './options.ts'
import { trainStep } from './train-step.ts'

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
    const { config, notices } = settleConfig(options.config)
    for (const text of notices) options.notice?.(text)
    this.config = config
    this.training = openTraining(options, config)
    this.#options = options
    this.#order = new StepOrder(options.trainSet, this.training.counts.batchesPerEpoch, config)
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
    try {
      return await this.#train()
    } finally {
      await this.training.optimizer.close?.()
    }
  }

  /**
   * Evaluates the model as it is, logs and tells it.
   *
   * @throws LosslineError `train/no-examples` without an evaluation set
   */
  async evaluate(): Promise<Evaluated> {
    const { model, evalSet } = this.#options
    if (evalSet === undefined)
      throw new LosslineError('train/no-examples', 'is needed to evaluate on', { where: 'evalSet' })
    const evaluated = await evaluate(model, evalSet, this.config.perDeviceEvalBatchSize)
    const metrics = { ...evaluated.metrics, eval_num_tokens: this.#progress.tokens }
    this.#progress = addLog(this.#progress, metrics, 'evaluation')
    await this.#tell({ kind: 'evaluation', ...this.#place, metrics, groups: evaluated.groups })
    return { metrics, groups: evaluated.groups }
  }

  async #train(): Promise<Trained> {
    const started = performance.now()
    await this.#begin()
    const firstStep = this.#progress.globalStep
    if (this.config.evalOnStart && firstStep === 0) await this.#evaluate()
    let reason = this.#findEnd()
    for (; reason === undefined; reason = this.#findEnd()) await this.#step()
    const bestCheckpoint = await this.#loadBest(reason)
    const metrics = this.#summarise((performance.now() - started) / 1000, firstStep)
    this.#progress = addLog(this.#progress, metrics, 'end')
    await this.#tell({ kind: 'end', ...this.#place, metrics })
    const { globalStep, logHistory } = this.#progress
    return { reason, globalStep, metrics, logHistory, bestCheckpoint }
  }

  async #begin(): Promise<void> {
    const { outputDir } = this.config
    removeAside(outputDir)
    const start = findStart(this.config)
    if (start === undefined) return
    const { progress, notices } = await resumeFrom(start, this.training)
    for (const text of notices) this.#options.notice?.(text)
    const latest = listCheckpoints(outputDir).at(-1) ?? 0
    if (latest > progress.globalStep) {
      const folder = checkpointFolder(outputDir, latest)
      this.#options.notice?.(
        `${folder} is of a later step than the one gone on from: it is written anew when its step comes.`,
      )
    }
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
    const metric = metrics[name]!
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

  /** Why it ends here; undefined where it goes on. */
  #findEnd(): EndReason | undefined {
    const { globalStep, worseEvaluations } = this.#progress
    const { earlyStoppingPatience = Number.POSITIVE_INFINITY } = this.config
    if (globalStep >= this.training.counts.steps) return 'done'
    if (worseEvaluations >= earlyStoppingPatience) return 'early-stopping'
    return this.#isStopped ? 'stopped' : undefined
  }

  async #tell(event: TrainerEvent): Promise<void> {
    const control = { stop: () => (this.#stops = true) }
    for (const callback of this.#options.callbacks ?? []) await callback(event, control)
  }
}
