import type { LogWriter } from './log-writer.ts'
import { metricsFile } from './metrics-file.ts'
import { reportPage } from './report/report-page.ts'
import { tensorboard } from './tensorboard/tensorboard.ts'
import { wandb } from './wandb/wandb.ts'

/** All kinds of logs, in the order in which they are written. */
export const LOG_WRITERS: readonly LogWriter[] = [metricsFile, reportPage, tensorboard, wandb]
