import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import {
  type AdamMeans,
  AdamW,
  type Optimizer,
  type OptimizerOptions,
  toSharedState,
} from '../optim/index.ts'
import type { Parameter } from '../trainable-model.ts'
import type { Arrays, Done, Task } from './adamw-worker.ts'

/** Fewer numbers, an adapter's, are updated in a twentieth of a step: threads would gain nothing that shows. */
const LEAST_NUMBERS = 1 << 24

/** Whether AdamW over these parameters is done by threads: when there are many numbers and another core. */
export function paysToThread(parameters: readonly Parameter[]): boolean {
  const numbers = parameters.reduce((sum, { data }) => sum + data.length, 0)
  return numbers >= LEAST_NUMBERS && availableParallelism() > 1
}

/**
 * AdamW with its parameters shared out between threads; to the bit what {@link AdamW} gives, with any number of them.
 *
 * The arrays of the parameters are moved to the threads and back, so none may be held elsewhere.
 */
export class ThreadedAdamW extends AdamW implements Optimizer {
  readonly #threads: readonly Thread[]

  constructor(
    parameters: readonly Parameter[],
    options: OptimizerOptions,
    threads: number = availableParallelism(),
  ) {
    super(parameters, options, toSharedState)
    this.#threads = share(parameters, threads).map(indexes => {
      const means = indexes.map(p => this.meansOf(p))
      return new Thread(indexes, means)
    })
  }

  override async step(learningRate: number, scale: number): Promise<void> {
    const step = this.nextStep(learningRate, scale)
    await Promise.all(
      this.#threads.map(thread => thread.ask(arrays => ({ kind: 'step', step, arrays }), this.parameters)),
    )
  }

  async gradientNorm(): Promise<number> {
    const sums = this.parameters.map((): readonly number[] => [])
    await Promise.all(
      this.#threads.map(async thread => {
        const { sums: ofThread } = await thread.ask(arrays => ({ kind: 'norm', arrays }), this.parameters)
        for (const [i, p] of thread.indexes.entries()) sums[p] = ofThread[i]!
      }),
    )
    return Math.sqrt(sums.flat().reduce((sum, ofBlock) => sum + ofBlock, 0))
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(thread => thread.close()))
  }
}

/** Indexes of parameters for each thread: the largest first, each to the thread that has the fewest numbers. */
function share(parameters: readonly Parameter[], threads: number): number[][] {
  const shares = Array.from({ length: Math.min(threads, parameters.length) }, () => ({
    numbers: 0,
    indexes: [] as number[],
  }))
  const bySize = [...parameters.entries()].sort(([, a], [, b]) => b.data.length - a.data.length)
  for (const [p, { data }] of bySize) {
    const least = shares.reduce((a, b) => (b.numbers < a.numbers ? b : a))
    least.indexes.push(p)
    least.numbers += data.length
  }
  return shares.map(({ indexes }) => indexes)
}

interface Waiting {
  resolve(done: Done): void
  reject(error: Error): void
}

class Thread {
  /** Of its parameters. */
  readonly indexes: readonly number[]
  readonly #worker: Worker
  /** Who waits for an answer: one at a time. */
  #waiting: Waiting | undefined

  constructor(indexes: readonly number[], means: readonly AdamMeans[]) {
    this.indexes = indexes
    const url = import.meta.url.replace(/threaded-adamw\.([jt]s)$/, 'adamw-worker.$1')
    this.#worker = new Worker(fileURLToPath(url), { workerData: means })
    this.#worker.on('message', (done: Done) => this.#settle()?.resolve(done))
    this.#worker.on('error', error => this.#settle()?.reject(error as Error))
    this.#worker.on('exit', code => this.#settle()?.reject(new Error(`a thread of AdamW ended with ${code}`)))
    // A process that is done does not wait for it.
    this.#worker.unref()
  }

  /** Moves the arrays of its parameters there and, with the answer, back. */
  async ask(toTask: (arrays: readonly Arrays[]) => Task, parameters: readonly Parameter[]): Promise<Done> {
    // What is moved lies on memory of its own: parameters of a model that runs here are made so.
    const arrays = this.indexes.map(p => parameters[p] as Parameter & Arrays)
    const lent = arrays.map(({ data, gradient }) => ({ data, gradient }))
    const moved = lent.flatMap(({ data, gradient }) => [data.buffer, gradient.buffer])
    this.#worker.ref()
    const done = await new Promise<Done>((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#worker.postMessage(toTask(lent), moved)
    })
    for (const [i, { data, gradient }] of done.arrays.entries()) {
      const parameter = parameters[this.indexes[i]!]!
      parameter.data = data
      parameter.gradient = gradient
    }
    return done
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #settle(): Waiting | undefined {
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#worker.unref()
    return waiting
  }
}
