import type { SFTConfig } from '../config/index.ts'
import type { ExampleSet } from './example-set.ts'
import { orderExamples } from './order.ts'

type OrderConfig = Pick<
  SFTConfig,
  'trainSamplingStrategy' | 'perDeviceTrainBatchSize' | 'gradientAccumulationSteps' | 'dataSeed' | 'seed'
>

/** Which examples each step has: a function of the seed and the step alone, so that a resumed run needs nothing to be skipped. */
export class StepOrder {
  readonly #lengths: Int32Array
  readonly #batchesPerEpoch: number
  readonly #config: OrderConfig
  #epoch = -1
  #order: Int32Array = new Int32Array()

  /** @param batchesPerEpoch batches that are used of an epoch; the last may be short */
  constructor({ lengths }: ExampleSet, batchesPerEpoch: number, config: OrderConfig) {
    this.#lengths = lengths
    this.#batchesPerEpoch = batchesPerEpoch
    this.#config = config
  }

  /**
   * The examples of each batch of a step.
   *
   * @param epoch counted from 0, as is the step in it
   */
  batchesOf(epoch: number, step: number): Int32Array[] {
    if (epoch !== this.#epoch) this.#start(epoch)
    const { perDeviceTrainBatchSize: size, gradientAccumulationSteps } = this.#config
    const first = step * gradientAccumulationSteps
    const end = Math.min(first + gradientAccumulationSteps, this.#batchesPerEpoch)
    return Array.from({ length: end - first }, (_, b) =>
      this.#order.subarray((first + b) * size, (first + b + 1) * size),
    )
  }

  #start(epoch: number): void {
    const { trainSamplingStrategy: strategy, dataSeed, seed } = this.#config
    const stepExamples = this.#config.perDeviceTrainBatchSize * this.#config.gradientAccumulationSteps
    this.#order = orderExamples(this.#lengths, { strategy, seed: dataSeed ?? seed, epoch, stepExamples })
    this.#epoch = epoch
  }
}
