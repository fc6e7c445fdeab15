import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { type ChunkMemory, listTransfers, memoryOf } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import type { LintTally } from '../lint/index.ts'
import type { Model } from '../open-model.ts'
import type { CheckTask } from './check-chunk.ts'
import { chooseWorkers } from './choose-workers.ts'
import type { Outcome } from './chunk-worker.ts'
import type { ChunkComparison, CompareTask } from './compare-chunk.ts'
import type { FixedChunk } from './fix-chunk.ts'
import { hashFile } from './hash-file.ts'
import type { Input } from './plan.ts'
import { type ChunkTask, expectTokens, prepareChunk } from './prepare-chunk.ts'
import type { PreparedChunk } from './prepared-chunk.ts'
import type { Settings } from './settings.ts'
import { SharedMemory } from './shared-memory.ts'
import { TOKEN_BYTES } from './token-rows-builder.ts'
import { openModelFor, toWorkerSettings } from './worker-settings.ts'

export interface WorkerPoolOptions {
  /** What the pool is for: a small one is worked on by the calling thread alone, where the settings don't ask for a number of workers. */
  readonly inputs: readonly Input[]
  /** The calling thread prepares chunks as well, when it has nothing else to do: it is one of the workers. Default false. */
  readonly worksHere?: boolean
  /** Prepared chunks lie in memory that is used again: each is to be released. Default false. */
  readonly reusesMemory?: boolean
}

/**
 * Of the inputs, what a thread more pays from on: a preparation gets through 16 MB while a thread starts and its code is compiled, and what looks
 * closer at each row through 2.
 */
const PREPARED_BYTES_A_THREAD = 16e6
const CHECKED_BYTES_A_THREAD = 2e6

/**
 * Chunks that a thread has at hand: more than it does while the calling thread packs and writes a shard, which it couldn't be sent others
 * meanwhile.
 */
const CHUNKS_AT_HAND = 8

/** Threads that prepare chunks, each with the model opened. */
export class WorkerPool {
  /** Threads that work, the calling one among them if it does. */
  readonly size: number
  /** For the bytes of chunks that are to be prepared: they are given back when that is done. */
  readonly memory: ChunkMemory = new SharedMemory()
  /** The model in the calling thread. */
  readonly model: Promise<Model>
  readonly #settings: Settings
  readonly #worksHere: boolean
  readonly #threads: Piscina | undefined
  readonly #rowsMemory: SharedMemory | undefined
  readonly #room: number
  #inThreads = 0
  readonly #waiting: WaitingTask[] = []
  #isBusyHere = false
  #isClosed = false

  constructor(settings: Settings, { inputs, worksHere = false, reusesMemory = false }: WorkerPoolOptions) {
    const bytesAThread = worksHere ? PREPARED_BYTES_A_THREAD : CHECKED_BYTES_A_THREAD
    this.size = settings.workers ?? chooseWorkers(inputs, bytesAThread)
    const isAlone = this.size === 1 && settings.workers === undefined
    this.#settings = settings
    this.#worksHere = worksHere || isAlone
    this.#rowsMemory = reusesMemory ? new SharedMemory() : undefined
    const threads = isAlone ? 0 : this.size - Number(worksHere)
    this.#room = threads * CHUNKS_AT_HAND
    // Threads take a while to start: meanwhile the model is opened here too.
    this.#threads = threads === 0 ? undefined : startThreads(settings, threads)
    this.model = openModelFor(settings)
    this.model.catch(() => {})
  }

  /** @throws LosslineError as `prepareChunk` */
  prepareChunk(task: ChunkTask): Promise<PreparedChunk> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject })
      this.#handOut()
    })
  }

  /** @throws LosslineError as `checkChunk` */
  async checkChunk(task: CheckTask): Promise<LintTally> {
    if (this.#threads !== undefined)
      return this.#run(this.#threads, 'checkChunk', task, listTransfers(task.chunk))
    const { checkChunk } = await import('./check-chunk.ts')
    return checkChunk(task, await this.model, this.#settings)
  }

  /** @throws LosslineError as `fixChunk` */
  async fixChunk(task: CheckTask): Promise<FixedChunk> {
    if (this.#threads !== undefined)
      return this.#run(this.#threads, 'fixChunk', task, listTransfers(task.chunk))
    const { fixChunk } = await import('./fix-chunk.ts')
    return fixChunk(task, await this.model, this.#settings)
  }

  /** @throws LosslineError as `compareChunk` */
  async compareChunk(task: CompareTask): Promise<ChunkComparison> {
    if (this.#threads !== undefined)
      return this.#run(this.#threads, 'compareChunk', task, listTransfers(task.chunk))
    const { compareChunk } = await import('./compare-chunk.ts')
    return compareChunk(task, await this.model, this.#settings)
  }

  /** The SHA-256 of a file, in hex. */
  hashFile(path: string): Promise<string> {
    return this.#threads === undefined ? hashFile(path) : this.#run(this.#threads, 'hashFile', path, [])
  }

  /** Ends the threads, whatever they are at. */
  async close(): Promise<void> {
    this.#isClosed = true
    // A result that is on its way already is nobody's any more, which Piscina would end the process for.
    this.#threads?.on('error', () => {})
    await this.#threads?.destroy()
  }

  #handOut(): void {
    while (this.#threads !== undefined && this.#inThreads < this.#room && this.#waiting.length > 0)
      void this.#workThere(this.#threads, this.#waiting.shift()!)
    if (!this.#worksHere || this.#isBusyHere || this.#isClosed || this.#waiting.length === 0) return
    this.#isBusyHere = true
    // After what else has happened is dealt with: files that were read, chunks that came back, an interrupt.
    setImmediate(() => void this.#workHere())
  }

  async #workThere(threads: Piscina, { task, resolve, reject }: WaitingTask): Promise<void> {
    this.#inThreads++
    const transfers = listTransfers(task.chunk)
    try {
      resolve(await this.#inMemory(task, placed => this.#run(threads, 'prepareChunk', placed, transfers)))
    } catch (error) {
      reject(error)
    }
    this.#inThreads--
    this.#handOut()
  }

  async #workHere(): Promise<void> {
    const waiting = this.#isClosed ? undefined : this.#waiting.shift()
    try {
      waiting?.resolve(
        await this.#inMemory(waiting.task, async task =>
          prepareChunk(task, await this.model, this.#settings),
        ),
      )
    } catch (error) {
      waiting?.reject(error)
    }
    this.#isBusyHere = false
    this.#handOut()
  }

  /** Gives a task memory for its rows, and takes that of its bytes back. */
  async #inMemory(
    task: ChunkTask,
    prepare: (task: ChunkTask) => Promise<PreparedChunk>,
  ): Promise<PreparedChunk> {
    const memory = this.#rowsMemory
    const room = memory?.take(expectTokens(task.chunk) * TOKEN_BYTES)
    const prepared = await prepare(room === undefined ? task : { ...task, room })
    this.memory.give(memoryOf(task.chunk))
    return room === undefined ? prepared : { ...prepared, release: () => memory?.give(room) }
  }

  async #run<Value>(
    threads: Piscina,
    name: string,
    task: unknown,
    transferList: ArrayBuffer[],
  ): Promise<Value> {
    const outcome = (await threads.run(task, { name, transferList })) as Outcome<Value>
    if (outcome.kind === 'done') return outcome.value
    const { code, what, where, fix } = outcome
    throw new LosslineError(code, what, {
      ...(where !== undefined && { where }),
      ...(fix !== undefined && { fix }),
    })
  }
}

interface WaitingTask {
  readonly task: ChunkTask
  readonly resolve: (chunk: PreparedChunk) => void
  readonly reject: (error: unknown) => void
}

/**
 * Piscina would `require` the worker's module before it imports it, and a thread that is ended while Node does so takes the whole process down
 * (seen with 20.20). Where Node doesn't know the flag, it doesn't require modules either.
 */
const IMPORTS_ONLY = '--no-experimental-require-module'

/** What the threads inherit else would be lost. */
function toExecArgv(): { readonly execArgv?: string[] } {
  const isKnown = process.allowedNodeEnvironmentFlags.has(IMPORTS_ONLY)
  return isKnown && process.execArgv.length === 0 ? { execArgv: [IMPORTS_ONLY] } : {}
}

/**
 * Of new objects in a thread's heap, which V8 else lets grow to 48: next to nothing of a row is alive when the next one comes, and what is used again
 * so soon is still in the processor's cache.
 */
const YOUNG_MEGABYTES = 6

function startThreads(settings: Settings, count: number): Piscina {
  return new Piscina({
    filename: fileURLToPath(import.meta.url.replace(/worker-pool\.([jt]s)$/, 'chunk-worker.$1')),
    workerData: toWorkerSettings(settings),
    minThreads: count,
    maxThreads: count,
    concurrentTasksPerWorker: CHUNKS_AT_HAND + 1, // and a file to hash
    recordTiming: false,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    ...toExecArgv(),
  })
}
