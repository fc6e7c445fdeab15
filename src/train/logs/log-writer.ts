import type { Tokenizer } from '../../tokenizer/index.ts'
import type { KeptEvent, RunStart } from './event.ts'

/** What every log is opened with. */
export interface LoggedRun {
  /** `output_dir`. */
  readonly folder: string
  /** `logging_dir`: where TensorBoard's files go; default `runs` in the folder. */
  readonly loggingDir?: string | undefined
  readonly start: RunStart
  /** What was kept of the run before `start.step`, when it goes on from a checkpoint. */
  readonly earlier: readonly KeptEvent[]
  /** Decodes the rows of the report. */
  readonly tokenizer: Tokenizer
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** A log that is open. What is written is on its way to the disk when `write` resolves. */
export interface OpenLog {
  readonly write: (event: KeptEvent) => Promise<void>
  readonly close: () => Promise<void>
}

/** A kind of log. */
export interface LogWriter {
  /** As `report_to` has it. */
  readonly name: string
  /** What it leaves in the folder, a sentence without a full stop. */
  readonly summary: string
  /** Whether it is written whatever `report_to` says. */
  readonly always: boolean
  /** @throws LosslineError when its files can't be written */
  readonly open: (run: LoggedRun) => Promise<OpenLog>
}
