import type { ModelFiles } from '../checkpoint/index.ts'
import type { SFTConfig } from '../config/index.ts'
import type { ExampleSet } from '../data/index.ts'
import type { Metrics } from '../logs/index.ts'
import type { TrainableModel } from '../trainable-model.ts'
import type { TrainerCallback } from './events.ts'

export interface SFTTrainerOptions {
  /** Opened with the loss that the config asks for. */
  readonly model: TrainableModel
  readonly modelFiles: ModelFiles
  readonly config: Partial<SFTConfig>
  readonly trainSet: ExampleSet
  readonly evalSet?: ExampleSet
  /** What templates took for the time when the examples were made, for who goes on from a checkpoint. */
  readonly now?: Date
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
