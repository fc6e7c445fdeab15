import type { SFTConfig } from '../config/index.ts'
import { type Counts, toSteps } from './counts.ts'

/** What is done after a step. */
export interface Flow {
  readonly log: boolean
  readonly evaluate: boolean
  readonly save: boolean
}

/** Steps of each interval, shares of all steps resolved. */
export interface Intervals {
  readonly logging: number
  readonly evaluation: number
  readonly saving: number
}

/** What transformers' Trainer makes of `logging_steps`, `eval_steps` and `save_steps` below 1; `eval_steps` are those of logging where none are given. */
export function toIntervals(config: SFTConfig, { steps }: Counts): Intervals {
  return {
    logging: toSteps(config.loggingSteps, steps),
    evaluation: toSteps(config.evalSteps ?? config.loggingSteps, steps),
    saving: toSteps(config.saveSteps, steps),
  }
}

export interface FlowInput {
  readonly config: SFTConfig
  readonly intervals: Intervals
  /** The step that was done, counted from 1. */
  readonly step: number
  readonly epoch: number
  /** Whether it ends an epoch, or the training, which ends its epoch too. */
  readonly isEpochEnd: boolean
  readonly isLast: boolean
}

/** When what is done: transformers' DefaultFlowCallback. Checkpoints of the best evaluation are decided by the evaluation. */
export function decideFlow({ config, intervals, step, epoch, isEpochEnd, isLast }: FlowInput): Flow {
  const { loggingStrategy, evalStrategy, saveStrategy, evalDelay } = config
  const isDue = (strategy: string, interval: number) =>
    strategy === 'steps' ? step % interval === 0 : strategy === 'epoch' && isEpochEnd
  const isDelayed = evalDelay > (evalStrategy === 'epoch' ? epoch : step)
  return {
    log: isDue(loggingStrategy, intervals.logging) || (step === 1 && config.loggingFirstStep),
    evaluate: isDue(evalStrategy, intervals.evaluation) && !isDelayed,
    save: isDue(saveStrategy, intervals.saving) || (isLast && saveStrategy === 'steps'),
  }
}
