import type { ChunkComparison, CompareTask } from './compare-chunk.ts'
import { mapInOrder } from './in-order.ts'
import type { InputSpec, RowsOptions } from './options.ts'
import { findInputs, planChunks } from './plan.ts'
import type { ChunkTask } from './prepare-chunk.ts'
import { ReadMeter } from './read-meter.ts'
import { toSettings } from './settings.ts'
import { WorkerPool } from './worker-pool.ts'

export interface CompareOptions extends RowsOptions, Pick<CompareTask, 'tool' | 'markers'> {
  readonly input: InputSpec
  /** Rows that are compared, from 0, [startRow, endRow); undefined: to the last. */
  readonly range: { readonly startRow: number; readonly endRow: number | undefined }
}

/** What has become of the rows so far. */
export interface CompareProgress {
  readonly chunk: ChunkComparison
  /** Rows of the file that were gone through, those out of the range among them. */
  readonly seen: number
}

/**
 * Compares what a tool trains of a dataset's rows with the exact mask, in worker threads; gives what it finds chunk by chunk, in the rows' order.
 *
 * @throws LosslineError as `prepareRows`
 */
export async function* compareRows(options: CompareOptions): AsyncGenerator<CompareProgress> {
  const settings = toSettings(options)
  const inputs = await findInputs([options.input], settings)
  const meter = new ReadMeter(inputs)
  const pool = new WorkerPool(settings, { inputs })
  const { tool, markers, range } = options
  const plan = new RangePlan(range)
  try {
    const results = mapInOrder(
      plan.choose(planChunks(inputs, settings, { meter })),
      4 * pool.size,
      async task => ({
        seen: task.chunk.startRow + task.chunk.rowCount,
        chunk: await pool.compareChunk({ ...task, tool, markers }),
      }),
    )
    let rows = 0
    for await (const result of results) {
      rows += result.chunk.tally.rows + result.chunk.failures.length
      yield result
      const { bytesRead, bytesTotal } = meter
      options.onProgress?.({
        rows,
        rejected: 0,
        tokens: 0,
        bytesRead: Math.round(bytesRead),
        bytesTotal,
        shards: 0,
      })
    }
  } finally {
    await pool.close()
  }
}

/** The chunks that have rows of a range, each with which of them. */
class RangePlan {
  readonly #startRow: number
  readonly #endRow: number

  constructor({ startRow, endRow = Number.POSITIVE_INFINITY }: CompareOptions['range']) {
    this.#startRow = startRow
    this.#endRow = endRow
  }

  async *choose(chunks: AsyncIterable<ChunkTask>): AsyncGenerator<ChunkTask> {
    for await (const { chunk } of chunks) {
      if (chunk.startRow >= this.#endRow) return
      const first = Math.max(0, this.#startRow - chunk.startRow)
      const end = Math.min(chunk.rowCount, this.#endRow - chunk.startRow)
      const isWhole = first === 0 && end === chunk.rowCount
      const rows = Uint32Array.from({ length: Math.max(0, end - first) }, (_, r) => first + r)
      yield { chunk, rows: isWhole ? undefined : rows }
    }
  }
}
