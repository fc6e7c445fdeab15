import type { CheckpointSaved, Evaluation, Log, RunEnd, StepDone } from '../logs/index.ts'

/** What a trainer tells of, as it happens. */
export type TrainerEvent = StepDone | Log | Evaluation | CheckpointSaved | RunEnd

/** What a callback can ask for. */
export interface TrainerControl {
  /** Finish the step that is being done, save a checkpoint, and end. */
  stop(): void
}

/** Told what happens; the training waits for what it returns. */
export type TrainerCallback = (event: TrainerEvent, control: TrainerControl) => void | Promise<void>
