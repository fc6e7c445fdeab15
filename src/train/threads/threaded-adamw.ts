import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { type AdamPart, AdamW, BLOCK, type Optimizer, type OptimizerOptions } from '../optim/index.ts'
import type { Parameter } from '../trainable-model.ts'
import type { Task } from './adamw-worker.ts'

/** Fewer numbers, an adapter's, are updated in a twentieth of a step: threads would gain nothing that shows. */
const LEAST_NUMBERS = 1 << 24

/** Whether AdamW over these parameters is done by threads: on shared memory, when there are many numbers and another core. */
export function paysToThread(parameters: readonly Parameter[]): boolean {
  const numbers = parameters.reduce((sum, { data }) => sum + data.length, 0)
  const isShared = ({ data, gradient }: Parameter) =>
    data.buffer instanceof SharedArrayBuffer && gradient.buffer instanceof SharedArrayBuffer
  return numbers >= LEAST_NUMBERS && availableParallelism() > 1 && parameters.every(isShared)
}

/** AdamW with its blocks shared out between threads; to the bit what {@link AdamW} gives, with any number of them. */
export class ThreadedAdamW extends AdamW implements Optimizer {
  readonly #threads: readonly Thread[]
  readonly #blockCount: number

  /** @param parameters with data and gradients on shared memory */
  constructor(
    parameters: readonly Parameter[],
    options: OptimizerOptions,
    threads: number = availableParallelism(),
  ) {
    super(parameters, options)
    const blocks = this.parts.flatMap(toBlocks)
    this.#blockCount = blocks.length
    // Blocks are dealt out in turn: all but the last of a parameter are of one size.
    this.#threads = Array.from({ length: Math.min(threads, blocks.length) }, (_, t) => {
      const indexes = blocks.flatMap((__, b) => (b % threads === t ? b : []))
      return new Thread(
        indexes,
        indexes.map(b => blocks[b]!),
      )
    })
  }

  override async step(learningRate: number, scale: number): Promise<void> {
    const step = this.nextStep(learningRate, scale)
    await Promise.all(this.#threads.map(thread => thread.ask({ kind: 'step', step })))
  }

  async gradientNorm(): Promise<number> {
    const sums = new Float64Array(this.#blockCount)
    await Promise.all(
      this.#threads.map(async thread => {
        const ofThread = (await thread.ask({ kind: 'norm' })) as readonly number[]
        for (const [i, block] of thread.blocks.entries()) sums[block] = ofThread[i]!
      }),
    )
    return Math.sqrt(sums.reduce((sum, ofBlock) => sum + ofBlock, 0))
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(thread => thread.close()))
  }
}

function toBlocks({ data, gradient, mean, meanOfSquares, weightDecay }: AdamPart): AdamPart[] {
  return Array.from({ length: Math.ceil(data.length / BLOCK) }, (_, b) => ({
    data: data.subarray(b * BLOCK, (b + 1) * BLOCK),
    gradient: gradient.subarray(b * BLOCK, (b + 1) * BLOCK),
    mean: mean.subarray(b * BLOCK, (b + 1) * BLOCK),
    meanOfSquares: meanOfSquares.subarray(b * BLOCK, (b + 1) * BLOCK),
    weightDecay,
  }))
}

interface Waiting {
  resolve(answer: unknown): void
  reject(error: Error): void
}

class Thread {
  /** Indexes of its blocks. */
  readonly blocks: readonly number[]
  readonly #worker: Worker
  /** Who waits for an answer: one at a time. */
  #waiting: Waiting | undefined

  constructor(blocks: readonly number[], parts: readonly AdamPart[]) {
    this.blocks = blocks
    const url = import.meta.url.replace(/threaded-adamw\.([jt]s)$/, 'adamw-worker.$1')
    this.#worker = new Worker(fileURLToPath(url), { workerData: parts })
    this.#worker.on('message', answer => this.#settle()?.resolve(answer))
    this.#worker.on('error', error => this.#settle()?.reject(error as Error))
    this.#worker.on('exit', code => this.#settle()?.reject(new Error(`a thread of AdamW ended with ${code}`)))
    // A process that is done does not wait for it.
    this.#worker.unref()
  }

  ask(task: Task): Promise<unknown> {
    this.#worker.ref()
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#worker.postMessage(task)
    })
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
