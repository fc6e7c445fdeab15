import { LosslineError, quote } from '../../error.ts'
import { isKept, type RunStart, type TrainEvent } from './event.ts'
import type { LoggedRun, OpenLog } from './log-writer.ts'
import { readMetrics } from './metrics-file.ts'
import { LOG_WRITERS } from './writers.ts'

export interface LogsOptions extends Omit<LoggedRun, 'start' | 'earlier'> {
  /** `report_to`: names of {@link LOG_WRITERS}; `all` or `none`. */
  readonly reportTo: readonly string[]
}

/** All logs of a run. */
export interface Logs {
  /** Single steps are kept by no log and cost nothing. */
  readonly write: (event: TrainEvent) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Opens the logs of a run: `metrics.jsonl` and `report.html` always, others as `report_to` names them. A run that goes on from a checkpoint
 * goes on with its logs.
 *
 * @throws LosslineError `train/report-to` for a name that there isn't; those of writing files
 */
export async function openLogs(start: RunStart, { reportTo, ...options }: LogsOptions): Promise<Logs> {
  checkReportTo(reportTo)
  const earlier = start.step === 0 ? [] : readMetrics(options.folder, start.step)
  const chosen = LOG_WRITERS.filter(
    ({ name, always }) => always || reportTo.includes(name) || reportTo.includes('all'),
  )
  const open: OpenLog[] = []
  for (const writer of chosen) open.push(await writer.open({ ...options, start, earlier }))
  return {
    write: async event => {
      if (isKept(event)) for (const log of open) await log.write(event)
    },
    close: async () => {
      for (const log of open) await log.close()
    },
  }
}

/** @throws LosslineError `train/report-to` */
export function checkReportTo(reportTo: readonly string[]): void {
  const names = ['all', 'none', ...LOG_WRITERS.filter(({ always }) => !always).map(({ name }) => name)]
  const unknown = reportTo.find(name => !names.includes(name))
  if (unknown === undefined) return
  const what = `is ${quote(unknown)}; expected ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
  throw new LosslineError('train/report-to', what, { where: 'report_to' })
}
