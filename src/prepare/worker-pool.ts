import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { listTransfers } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import type { Outcome } from './chunk-worker.ts'
import type { ChunkTask } from './prepare-chunk.ts'
import type { PreparedChunk } from './prepared-chunk.ts'
import type { Settings } from './settings.ts'
import { toWorkerSettings } from './worker-settings.ts'

/** Threads that prepare chunks, each with the model opened. */
export class WorkerPool {
  readonly size: number
  readonly #pool: Piscina

  constructor(settings: Settings) {
    this.size = settings.workers ?? availableParallelism()
    this.#pool = new Piscina({
      filename: fileURLToPath(import.meta.url.replace(/worker-pool\.([jt]s)$/, 'chunk-worker.$1')),
      workerData: toWorkerSettings(settings),
      minThreads: this.size,
      maxThreads: this.size,
    })
  }

  /** @throws LosslineError as `prepareChunk` */
  prepareChunk(task: ChunkTask): Promise<PreparedChunk> {
    return this.#run('prepareChunk', task, listTransfers(task.chunk))
  }

  /** The SHA-256 of a file, in hex. */
  hashFile(path: string): Promise<string> {
    return this.#run('hashFile', path, [])
  }

  /** Ends the threads, whatever they are at. */
  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  async #run<Value>(name: string, task: unknown, transferList: ArrayBuffer[]): Promise<Value> {
    const outcome = (await this.#pool.run(task, { name, transferList })) as Outcome<Value>
    if (outcome.kind === 'done') return outcome.value
    const { code, what, where, fix } = outcome
    throw new LosslineError(code, what, {
      ...(where !== undefined && { where }),
      ...(fix !== undefined && { fix }),
    })
  }
}
