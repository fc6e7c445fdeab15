import type { SFTConfig } from '../config/index.ts'

/** How long a training is. */
export interface Counts {
  /** Examples, or packs, of the training set. */
  readonly examples: number
  /** Batches of an epoch; a step takes `gradient_accumulation_steps` of them, the last of an epoch those that are left. */
  readonly batchesPerEpoch: number
  readonly stepsPerEpoch: number
  /** Epochs that are begun. */
  readonly epochs: number
  readonly steps: number
}

type CountOptions = Pick<
  SFTConfig,
  | 'perDeviceTrainBatchSize'
  | 'gradientAccumulationSteps'
  | 'dataloaderDropLast'
  | 'numTrainEpochs'
  | 'maxSteps'
>

/** Counts epochs and steps as transformers' Trainer does. */
export function countSteps(examples: number, options: CountOptions): Counts {
  const { perDeviceTrainBatchSize: batchSize, gradientAccumulationSteps, dataloaderDropLast } = options
  const batches = examples / batchSize
  const batchesPerEpoch = dataloaderDropLast ? Math.floor(batches) : Math.ceil(batches)
  const stepsPerEpoch = Math.max(1, Math.ceil(batchesPerEpoch / gradientAccumulationSteps))
  const counted = { examples, batchesPerEpoch, stepsPerEpoch }
  if (options.maxSteps > 0)
    return { ...counted, epochs: Math.ceil(options.maxSteps / stepsPerEpoch), steps: options.maxSteps }
  return {
    ...counted,
    epochs: Math.ceil(options.numTrainEpochs),
    steps: Math.ceil(options.numTrainEpochs * stepsPerEpoch),
  }
}

/** Steps of an interval that may be a share of all. */
export function toSteps(interval: number, steps: number): number {
  return interval < 1 ? Math.ceil(steps * interval) : interval
}
