import type { SFTConfig } from '../config/index.ts'
import type { Optimizer, Scheduler } from '../optim/index.ts'
import type { Counts, Intervals, Progress } from '../progress/index.ts'
import type { ModelFiles } from './model-files.ts'

/** A training, as far as checkpoints know it. What is random in it is a function of the seeds and the step: there is no generator to keep. */
export interface Training {
  readonly config: SFTConfig
  readonly counts: Counts
  readonly intervals: Intervals
  readonly optimizer: Optimizer
  readonly scheduler: Scheduler
  readonly modelFiles: ModelFiles
  /** Of the training set, hexadecimal. */
  readonly dataHash: string
  /** What templates took for the time when the examples were made; undefined where nobody said it. */
  readonly now: Date | undefined
}

/** Names of the files in a checkpoint. transformers has the first; the others are its `optimizer.pt`, `scheduler.pt` and `training_args.bin`, which are pickles. */
export const FILES = {
  trainerState: 'trainer_state.json',
  optimizer: 'optimizer.safetensors',
  scheduler: 'scheduler.json',
  arguments: 'training_args.json',
  progress: 'lossline_state.json',
} as const

/** What transformers does not keep, and an undisturbed run would know. */
export type KeptProgress = Pick<Progress, 'pending' | 'worseEvaluations' | 'tokens' | 'totalLoss'> & {
  readonly dataHash: string
  /** ISO 8601. */
  readonly now: string | null
}
