import type { JsonObject } from '../../json/index.ts'
import type { PreparedRow } from '../../page/index.ts'

/** Numbers under transformers' names: `loss`, `grad_norm`, `learning_rate`, `entropy`, `num_tokens`, `mean_token_accuracy`; of an evaluation with `eval_` before them. */
export type Metrics = Readonly<Record<string, number>>

/** A part of the evaluated tokens, and what the model said there. */
export interface EvaluatedGroup {
  readonly by: 'role' | 'turn' | 'source'
  /** `assistant`, `2`, `tool_calls` */
  readonly name: string
  /** Trained tokens. */
  readonly tokens: number
  /** Mean negative log-likelihood, in nats. */
  readonly loss: number
  /** Share of the tokens that were the likeliest. */
  readonly accuracy: number
  /** Mean, in nats. */
  readonly entropy: number
}

/** What the model answered to a prompt. */
export interface GeneratedAnswer {
  /** As the person wrote it, or the last message of the conversation. */
  readonly prompt: string
  /** Decoded, without the token that ended it. */
  readonly answer: string
  /** Generated tokens, the one that ended it with them. */
  readonly tokens: number
  /** `stop-token`: the model ended its answer; `limit`: `max_new_tokens` did. */
  readonly stopped: 'stop-token' | 'limit'
}

/** What is known when training begins. */
export interface RunStart {
  readonly kind: 'start'
  readonly runName: string
  /** Every option with its value, by its name in the config file. */
  readonly config: JsonObject
  /** The model's config.json. */
  readonly modelConfig: JsonObject
  /** Optimizer steps done already: 0, or those of the checkpoint that the run goes on from. */
  readonly step: number
  readonly totalSteps: number
  readonly trainedParameters: number
  readonly allParameters: number
  /** Some of the rows, with what is trained of each. */
  readonly rows: readonly PreparedRow[]
}

/** An optimizer step is done. For who watches: what is kept comes as `log`. */
export interface StepDone {
  readonly kind: 'step'
  readonly step: number
  readonly epoch: number
  readonly loss: number
  readonly gradNorm: number
  readonly learningRate: number
  /** Tokens that went through the model in this step, trained or not. */
  readonly tokens: number
}

/** Means over the steps since the last one; comes every `logging_steps`. */
export interface Log {
  readonly kind: 'log'
  readonly step: number
  readonly epoch: number
  readonly metrics: Metrics
}

export interface Evaluation {
  readonly kind: 'evaluation'
  readonly step: number
  readonly epoch: number
  readonly metrics: Metrics
  readonly groups: readonly EvaluatedGroup[]
}

export interface Answers {
  readonly kind: 'answers'
  readonly step: number
  readonly epoch: number
  readonly answers: readonly GeneratedAnswer[]
}

export interface CheckpointSaved {
  readonly kind: 'checkpoint'
  readonly step: number
  readonly folder: string
}

/** Training is over: `train_loss`, `train_runtime` (seconds), `train_samples_per_second`, … */
export interface RunEnd {
  readonly kind: 'end'
  readonly step: number
  readonly epoch: number
  readonly metrics: Metrics
}

/** What happens in a run, in the order in which it happens. */
export type TrainEvent = RunStart | StepDone | Log | Evaluation | Answers | CheckpointSaved | RunEnd

/** What is kept of a run: all of it but who it is and each single step. */
export type KeptEvent = Log | Evaluation | Answers | RunEnd

/** Whether a log writes it down: metrics.jsonl, TensorBoard, W&B. */
export function isKept(event: TrainEvent): event is KeptEvent {
  return event.kind !== 'start' && event.kind !== 'step' && event.kind !== 'checkpoint'
}
