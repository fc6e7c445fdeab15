import { join } from 'node:path'
import {
  addLossWeights,
  countRows,
  memoryOf,
  type ShardFormat,
  type TokenRows,
  toColumnNames,
  toLossWeights,
  writeDatasetFiles,
  writeShard,
} from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import { PackMemory } from '../pack/index.ts'
import { mapInOrder } from './in-order.ts'
import { type Journal, writeJournal } from './journal.ts'
import { packWindow } from './pack-window.ts'
import { type Input, planChunks } from './plan.ts'
import type { ChunkTask } from './prepare-chunk.ts'
import type { PreparedChunk } from './prepared-chunk.ts'
import { ReadMeter } from './read-meter.ts'
import { RejectedFile } from './rejected-file.ts'
import { drawSamples } from './samples.ts'
import type { Settings } from './settings.ts'
import { SpilledRows } from './spilled-rows.ts'
import { stopAtErrors, stopAtLeftOut } from './stop-at-errors.ts'
import { addTally } from './tally.ts'
import { TOKEN_BYTES } from './token-rows-builder.ts'
import { toWindows, type Window } from './window.ts'
import type { WorkerPool } from './worker-pool.ts'

export interface RunOptions {
  readonly folder: string
  readonly format: ShardFormat['name']
  readonly shardBytes: number
  readonly settings: Settings
  readonly inputs: readonly Input[]
  /** Where the run stands; it goes on from there, and writes down what it has done. */
  readonly journal: Journal
  readonly pool: WorkerPool
}

/** The code of the error for a run that ends without a row. */
export const NO_ROWS = 'prepare/no-rows'

/** Chunks that are on their way for each worker: enough that none waits while a shard is written. */
const CHUNKS_AHEAD = 8

/**
 * Writes the shards of a dataset. Everything that is counted or kept belongs to whole windows, and a window is done when the journal says so:
 * what a killed run has done beyond that is done again.
 */
export class Run {
  readonly #options: RunOptions
  readonly #journal: Journal
  readonly #windowTokens: number
  #rows = 0
  #rejected = 0
  #tokens = 0
  /** A shard is written before the next is packed. */
  readonly #packMemory = new PackMemory()
  readonly #meter: ReadMeter
  /** Bytes that had been read when each of the chunks that are on their way was cut off. */
  readonly #cutAt: number[] = []
  #bytesDone = 0

  constructor(options: RunOptions) {
    this.#options = options
    this.#journal = options.journal
    this.#windowTokens = Math.max(1, Math.floor(options.shardBytes / TOKEN_BYTES))
    this.#meter = new ReadMeter(options.inputs)
    const { tally } = options.journal
    this.#rows = tally.rows
    this.#rejected = tally.rejected
    this.#tokens = tally.keptTokens
  }

  /** Writes all shards and the files that make them a dataset; returns the names of its columns. */
  async write(): Promise<readonly string[]> {
    const { folder, format, settings } = this.#options
    if (settings.shuffleDataset) await this.#writeShuffled()
    else
      await this.#prepareWindows((window, mark) =>
        this.#finish(window, mark, () => this.#writeShard(window.rows)),
      )
    const { shards, hasLossWeights } = this.#journal
    if (shards.length === 0) throw this.#noRows()
    stopAtLeftOut(this.#journal.tally, settings.allowFindings)
    const columns = toColumnNames(packWindow(emptyRows(hasLossWeights), settings).rows.slice(0, 0))
    await writeDatasetFiles(folder, { shards, columns, format })
    return columns
  }

  async #writeShuffled(): Promise<void> {
    const { folder, settings } = this.#options
    const rows = await SpilledRows.open(folder, this.#journal.spill)
    try {
      if (this.#journal.spill.written === undefined) {
        await this.#prepareWindows((window, mark) =>
          this.#finish(window, mark, async () => {
            await rows.add(window.rows)
            this.#journal.spill = rows.spilled
          }),
        )
        this.#journal.spill = { ...rows.spilled, written: 0 }
      }
      for await (const window of rows.readShuffled(
        settings.seed,
        this.#journal.spill.written!,
        this.#windowTokens,
      )) {
        this.#checkSignal()
        await this.#writeShard(window.rows)
        this.#journal.spill = { ...this.#journal.spill, written: window.written }
        await writeJournal(folder, this.#journal)
        this.#tellProgress()
      }
    } finally {
      await rows.close()
    }
  }

  /** Goes through the rest of the inputs. A window is finished while the next one is gathered. */
  async #prepareWindows(finish: (window: Window, mark: Mark) => Promise<void>): Promise<void> {
    const { folder, pool } = this.#options
    const rejected = await RejectedFile.open(folder, this.#journal.rejectedBytes)
    try {
      const chunks = mapInOrder(this.#tasks(), pool.size * CHUNKS_AHEAD, task => pool.prepareChunk(task))
      let finishing: Promise<void> = Promise.resolve()
      for await (const window of toWindows(this.#keepTrack(chunks, rejected), this.#windowTokens)) {
        await rejected.sync()
        const mark = { rejectedBytes: rejected.byteLength, samples: structuredClone(this.#journal.samples) }
        await finishing
        finishing = finish(window, mark)
        finishing.catch(() => {})
      }
      await finishing
    } finally {
      await rejected.close()
    }
  }

  async #finish(window: Window, mark: Mark, write: () => Promise<void>): Promise<void> {
    if (countRows(window.rows) > 0) await write()
    window.release()
    const journal = this.#journal
    journal.chunks += window.chunks
    journal.rejectedBytes = mark.rejectedBytes
    addTally(journal.tally, window.tally)
    await writeJournal(this.#options.folder, { ...journal, samples: mark.samples })
  }

  async #writeShard(rows: TokenRows): Promise<void> {
    const { folder, format, settings } = this.#options
    const journal = this.#journal
    if (rows.lossWeights !== undefined && !journal.hasLossWeights) {
      // The shards before were written without that column: what their labels say is what it holds.
      for (const [i, { file }] of journal.shards.entries())
        journal.shards[i] = await addLossWeights(join(folder, file))
      journal.hasLossWeights = true
    }
    const lossWeights = rows.lossWeights ?? (journal.hasLossWeights ? toLossWeights(rows.labels) : undefined)
    const packed = packWindow({ ...rows, lossWeights }, settings, this.#packMemory)
    journal.splitSequences += packed.splitSequences
    journal.shards.push(await writeShard(folder, journal.shards.length, packed.rows, format))
  }

  /** The chunks that are not finished yet. */
  async *#tasks(): AsyncGenerator<ChunkTask> {
    const { inputs, settings, pool } = this.#options
    let seen = 0
    for await (const task of planChunks(inputs, settings, { meter: this.#meter, memory: pool.memory })) {
      this.#checkSignal()
      if (seen++ < this.#journal.chunks) {
        pool.memory.give(memoryOf(task.chunk))
        continue
      }
      this.#cutAt.push(this.#meter.bytesRead)
      yield task
    }
  }

  async *#keepTrack(
    chunks: AsyncIterable<PreparedChunk>,
    rejected: RejectedFile,
  ): AsyncGenerator<PreparedChunk> {
    for await (const chunk of chunks) {
      this.#checkSignal()
      stopAtErrors(chunk.tally, this.#options.settings)
      await rejected.add(chunk.rejects)
      drawSamples(
        this.#journal.samples,
        chunk.rows,
        this.#options.settings.seed,
        r => `${chunk.file} row ${chunk.startRow + chunk.sourceRows[r]!}`,
      )
      this.#rows += chunk.tally.rows
      this.#rejected += chunk.tally.rejected
      this.#tokens += chunk.tally.keptTokens
      this.#bytesDone = this.#cutAt.shift()!
      this.#tellProgress()
      yield chunk
    }
    this.#bytesDone = this.#meter.bytesRead
    this.#tellProgress()
  }

  #tellProgress(): void {
    const { settings, journal } = this.#options
    settings.onProgress?.({
      rows: this.#rows,
      rejected: this.#rejected,
      tokens: this.#tokens,
      bytesRead: Math.round(this.#bytesDone),
      bytesTotal: this.#meter.bytesTotal,
      shards: journal.shards.length,
    })
  }

  #checkSignal(): void {
    if (this.#options.settings.signal?.aborted !== true) return
    const fix = 'Go on with {resume}.'
    throw new LosslineError('prepare/interrupted', 'is not finished: the run was stopped', {
      where: this.#options.folder,
      fix,
    })
  }

  #noRows(): LosslineError {
    const { tally } = this.#journal
    const { rows, rejected, rejections, examples } = tally
    const [first] = rejections.values()
    const what =
      rows === rejected && first !== undefined
        ? `gets no rows: none of ${rows.toLocaleString('en-US')} can be used. The first: ${first.first}`
        : `gets no rows: none of ${examples.toLocaleString('en-US')} examples has a trained token`
    const isCut = rejected === 0 && tally.truncation.tooLong > 0
    const fix =
      rejected > 0
        ? 'Its rejected.jsonl has all, with the reasons.'
        : isCut
          ? `${tally.truncation.tooLong.toLocaleString('en-US')} are longer than {max_length} and were cut: raise it, or cut otherwise with {truncation}.`
          : 'Look at some with lossline show.'
    return new LosslineError(NO_ROWS, what, { where: this.#options.folder, fix })
  }
}

/** What belongs to the chunks of a window and is not in it. */
interface Mark {
  readonly rejectedBytes: number
  readonly samples: Journal['samples']
}

function emptyRows(hasLossWeights: boolean): TokenRows {
  return {
    inputIds: new Int32Array(0),
    labels: new Int32Array(0),
    lossWeights: hasLossWeights ? new Float32Array(0) : undefined,
    positionIds: undefined,
    seqLengths: undefined,
    offsets: new Int32Array(1),
  }
}
