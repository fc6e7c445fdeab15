import {
  addRuleTallies,
  addStates,
  emptyLintTally,
  type Facts,
  type LintTally,
  type RuleLevels,
} from '../lint/index.ts'
import { mapInOrder } from './in-order.ts'
import type { InputSpec, RowsOptions } from './options.ts'
import { findInputs, planChunks } from './plan.ts'
import { ReadMeter } from './read-meter.ts'
import { toSettings } from './settings.ts'
import { WorkerPool } from './worker-pool.ts'

export interface CheckOptions extends RowsOptions {
  readonly inputs: readonly InputSpec[]
  readonly levels: RuleLevels
  readonly facts: Facts
}

/**
 * Puts the rows of datasets to the linter's rules, in worker threads. What is kept is bounded, however many rows and findings there are.
 *
 * @throws LosslineError as `prepareRows`
 */
export async function checkRows(options: CheckOptions): Promise<LintTally> {
  const settings = toSettings(options)
  const inputs = await findInputs(options.inputs, settings)
  const meter = new ReadMeter(inputs)
  const pool = new WorkerPool(settings, { inputs })
  const { levels, facts } = options
  const tally = emptyLintTally()
  try {
    const chunks = mapInOrder(planChunks(inputs, settings, { meter }), 4 * pool.size, task =>
      pool.checkChunk({ ...task, levels, facts }),
    )
    for await (const chunk of chunks) {
      addRuleTallies(tally, chunk)
      addStates(tally, chunk)
      options.onProgress?.({
        rows: tally.rows,
        rejected: 0,
        tokens: 0,
        bytesRead: Math.round(meter.bytesRead),
        bytesTotal: meter.bytesTotal,
        shards: 0,
      })
    }
  } finally {
    await pool.close()
  }
  return tally
}
