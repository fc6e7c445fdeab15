import type { PackingStrategyName } from '../../pack/index.ts'
import type { TruncationName } from '../../prepare/index.ts'
import type { OptimizerName, ScheduleName } from '../optim/index.ts'

/** When something is done: never, every so many steps, or after each epoch. */
export type IntervalStrategy = 'no' | 'steps' | 'epoch'

/**
 * Every setting of a training, with TRL's and transformers' names in camelCase. {@link SFT_OPTIONS} has the default, the check and the help
 * of each.
 */
export interface SFTConfig {
  readonly outputDir: string
  readonly resumeFromCheckpoint: string | undefined

  readonly maxLength: number | undefined
  readonly truncationMode: TruncationName
  readonly shuffleDataset: boolean
  readonly packing: boolean
  readonly packingStrategy: PackingStrategyName
  readonly evalPacking: boolean | undefined
  readonly paddingFree: boolean
  readonly datasetNumProc: number | undefined
  readonly completionOnlyLoss: boolean | undefined
  readonly assistantOnlyLoss: boolean | undefined

  readonly lossType: 'nll' | 'dft' | 'chunked_nll'
  readonly labelSmoothingFactor: number
  readonly neftuneNoiseAlpha: number | undefined

  readonly numTrainEpochs: number
  /** -1: as many as the epochs have. */
  readonly maxSteps: number
  readonly perDeviceTrainBatchSize: number
  readonly gradientAccumulationSteps: number
  readonly gradientCheckpointing: boolean
  readonly trainSamplingStrategy: 'random' | 'sequential' | 'group_by_length'
  readonly groupByLength: boolean
  readonly dataloaderDropLast: boolean
  readonly seed: number
  readonly dataSeed: number | undefined
  readonly bf16: boolean | undefined
  readonly fp16: boolean

  readonly learningRate: number
  readonly lrSchedulerType: ScheduleName
  readonly lrSchedulerKwargs: Readonly<Record<string, number | string>> | undefined
  readonly warmupRatio: number
  readonly warmupSteps: number
  readonly optim: OptimizerName
  readonly optimArgs: string | undefined
  readonly weightDecay: number
  readonly adamBeta1: number
  readonly adamBeta2: number
  readonly adamEpsilon: number
  /** 0: no clipping. */
  readonly maxGradNorm: number

  readonly loggingStrategy: IntervalStrategy
  readonly loggingSteps: number
  readonly loggingFirstStep: boolean
  readonly loggingDir: string | undefined
  readonly reportTo: readonly ('none' | 'all' | 'tensorboard' | 'wandb')[]
  readonly runName: string | undefined
  readonly disableTqdm: boolean | undefined

  readonly evalStrategy: IntervalStrategy
  readonly evalSteps: number | undefined
  readonly evalDelay: number
  readonly evalOnStart: boolean
  readonly perDeviceEvalBatchSize: number

  readonly saveStrategy: IntervalStrategy | 'best'
  readonly saveSteps: number
  readonly saveTotalLimit: number | undefined
  readonly saveOnlyModel: boolean
  readonly loadBestModelAtEnd: boolean
  readonly metricForBestModel: string | undefined
  readonly greaterIsBetter: boolean | undefined
  readonly earlyStoppingPatience: number | undefined
  readonly earlyStoppingThreshold: number
}
