import { LosslineError } from '../../error.ts'
import type { Best, LogEntry, Progress } from '../progress/index.ts'
import type { Training } from './checkpoint.ts'
import { checkpointFolder } from './folders.ts'

/** `trainer_state.json` as transformers writes it: its TrainerState with the keys in order. */
export function formatTrainerState({ config, counts, intervals }: Training, progress: Progress): string {
  const { best } = progress
  const state = {
    best_global_step: best?.globalStep ?? null,
    best_metric: best?.metric ?? null,
    best_model_checkpoint: best === undefined ? null : checkpointFolder(config.outputDir, best.globalStep),
    epoch: progress.epoch,
    eval_steps: intervals.evaluation,
    global_step: progress.globalStep,
    is_hyper_param_search: false,
    is_local_process_zero: true,
    is_world_process_zero: true,
    log_history: progress.logHistory.map(sortKeys),
    logging_steps: intervals.logging,
    max_steps: counts.steps,
    num_input_tokens_seen: progress.tokens,
    num_train_epochs: counts.epochs,
    save_steps: intervals.saving,
    stateful_callbacks: toCallbackStates({ config }, progress, counts.steps),
    total_flos: 0,
    train_batch_size: config.perDeviceTrainBatchSize,
    trial_name: null,
    trial_params: null,
  }
  return `${JSON.stringify(state, undefined, 2)}\n`
}

function toCallbackStates(
  { config }: Pick<Training, 'config'>,
  progress: Progress,
  steps: number,
): Record<string, unknown> {
  const control = {
    args: {
      should_epoch_stop: false,
      should_evaluate: false,
      should_log: false,
      should_save: true,
      should_training_stop: progress.globalStep >= steps,
    },
    attributes: {},
  }
  if (config.earlyStoppingPatience === undefined) return { TrainerControl: control }
  const stopping = {
    args: {
      early_stopping_patience: config.earlyStoppingPatience,
      early_stopping_threshold: config.earlyStoppingThreshold,
    },
    attributes: { early_stopping_patience_counter: progress.worseEvaluations },
  }
  return { EarlyStoppingCallback: stopping, TrainerControl: control }
}

function sortKeys(entry: LogEntry): LogEntry {
  return Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * What `trainer_state.json` says of the progress.
 *
 * @throws LosslineError `train/checkpoint`
 */
export function parseTrainerState(
  text: string,
  where: string,
): Pick<Progress, 'globalStep' | 'epoch' | 'logHistory' | 'best'> {
  const state = parseObject(text, where)
  const { global_step: globalStep, epoch, log_history: logHistory } = state
  if (!Number.isSafeInteger(globalStep) || typeof epoch !== 'number' || !Array.isArray(logHistory))
    throw damaged(where, 'has no global_step, epoch and log_history')
  return {
    globalStep: globalStep as number,
    epoch,
    logHistory: logHistory as readonly LogEntry[],
    best: toBest(state),
  }
}

function toBest({
  best_metric: metric,
  best_global_step: globalStep,
}: Record<string, unknown>): Best | undefined {
  return typeof metric === 'number' && typeof globalStep === 'number' ? { metric, globalStep } : undefined
}

/** @throws LosslineError `train/checkpoint` */
export function parseObject(text: string, where: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw damaged(where, 'is no JSON', cause)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw damaged(where, 'is no JSON object')
}

function damaged(where: string, what: string, cause?: unknown): LosslineError {
  const fix = 'Copy the checkpoint again, or resume from another.'
  return new LosslineError('train/checkpoint', what, { where, fix, cause })
}
