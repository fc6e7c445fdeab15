import type { Metrics } from '../logs/index.ts'

/** What an optimizer step was like. */
export interface StepOutcome {
  /** Σ weight × loss over all trained tokens of the step ÷ their number; 0 where there are none. */
  readonly loss: number
  /** Of all gradients as one vector, before clipping. */
  readonly gradNorm: number
  /** Tokens that went through the model, trained or not. */
  readonly tokens: number
  /** Sums over batches of means over tokens: TRL's metrics are means of means. */
  readonly entropy: number
  readonly accuracy: number
}

/** One line of `log_history`: what was logged, with its `epoch` and `step`. */
export type LogEntry = Metrics

/** Where a training is. All of it is in a checkpoint, so that a run that goes on logs what an undisturbed one would. */
export interface Progress {
  readonly globalStep: number
  /** With a fraction: 1.5 is the middle of the second. */
  readonly epoch: number
  readonly logHistory: readonly LogEntry[]
  readonly best: Best | undefined
  /** Evaluations since the best one. */
  readonly worseEvaluations: number
  /** Tokens that the model has read in training. */
  readonly tokens: number
  /** The sum of all steps' losses. */
  readonly totalLoss: number
  readonly pending: Pending
}

/** The best evaluation so far. */
export interface Best {
  readonly metric: number
  readonly globalStep: number
}

/** Sums since the last log. */
export interface Pending {
  readonly steps: number
  readonly batches: number
  readonly loss: number
  readonly entropy: number
  readonly accuracy: number
}

const NOTHING_PENDING: Pending = { steps: 0, batches: 0, loss: 0, entropy: 0, accuracy: 0 }

export const FIRST_PROGRESS: Progress = {
  globalStep: 0,
  epoch: 0,
  logHistory: [],
  best: undefined,
  worseEvaluations: 0,
  tokens: 0,
  totalLoss: 0,
  pending: NOTHING_PENDING,
}

/** @param batches of the step */
export function addStep(progress: Progress, outcome: StepOutcome, epoch: number, batches: number): Progress {
  const { pending } = progress
  return {
    ...progress,
    globalStep: progress.globalStep + 1,
    epoch,
    tokens: progress.tokens + outcome.tokens,
    totalLoss: progress.totalLoss + outcome.loss,
    pending: {
      steps: pending.steps + 1,
      batches: pending.batches + batches,
      loss: pending.loss + outcome.loss,
      entropy: pending.entropy + outcome.entropy,
      accuracy: pending.accuracy + outcome.accuracy,
    },
  }
}

/** What TRL logs of the steps since the last log: `loss` is a mean over steps, `entropy` and `mean_token_accuracy` over batches. */
export function toLog(
  { pending, tokens }: Progress,
  { gradNorm }: StepOutcome,
  learningRate: number,
): Metrics {
  return {
    loss: pending.loss / pending.steps,
    grad_norm: gradNorm,
    learning_rate: learningRate,
    entropy: pending.entropy / pending.batches,
    mean_token_accuracy: pending.accuracy / pending.batches,
    num_tokens: tokens,
  }
}

/** Keeps a log; one of steps clears what was pending. */
export function addLog(progress: Progress, metrics: Metrics, kind: 'steps' | 'evaluation' | 'end'): Progress {
  const entry = { ...metrics, epoch: progress.epoch, step: progress.globalStep }
  const pending = kind === 'steps' ? NOTHING_PENDING : progress.pending
  return { ...progress, logHistory: [...progress.logHistory, entry], pending }
}

/** Whether an evaluation is the best so far, and since when none was. */
export function addEvaluation(
  progress: Progress,
  metric: number,
  { greaterIsBetter, threshold }: { greaterIsBetter: boolean; threshold: number },
): { progress: Progress; isBest: boolean } {
  const gain = gainOver(progress.best, metric, greaterIsBetter)
  const isBest = gain > 0
  // Early stopping asks for more than being better, as transformers' callback does.
  const isEnough = progress.best === undefined || gain > threshold
  const best = isBest ? { metric, globalStep: progress.globalStep } : progress.best
  const worseEvaluations = isEnough ? 0 : progress.worseEvaluations + 1
  return { progress: { ...progress, best, worseEvaluations }, isBest }
}

function gainOver(best: Best | undefined, metric: number, greaterIsBetter: boolean): number {
  if (Number.isNaN(metric)) return Number.NaN
  if (best === undefined) return Number.POSITIVE_INFINITY
  return greaterIsBetter ? metric - best.metric : best.metric - metric
}
