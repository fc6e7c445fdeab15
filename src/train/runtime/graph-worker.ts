import { Worker } from 'node:worker_threads'
import { LosslineError } from '../../error.ts'
import type { Feed } from '../model/index.ts'
import { listBuffers, type Moved, type MovedParameter } from './moved-parameter.ts'
import type { Answer, AnswerOf, Request, WorkerSettings } from './protocol.ts'

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

export interface GraphWorkerOptions extends Omit<WorkerSettings, 'parameters'> {
  readonly parameters: readonly MovedParameter[]
}

/** A thread with ONNX Runtime in it, which runs graphs one after the other. */
export class GraphWorker {
  readonly #worker: Worker
  /** Answers come in the order of requests. */
  readonly #waiting: Waiting[] = []
  readonly #parameters: readonly MovedParameter[]
  /** The last run: the next one waits until the parameters are back. */
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor({ parameters, ...settings }: GraphWorkerOptions) {
    this.#parameters = parameters
    const names = parameters.map(({ name, shape }) => ({ name, shape }))
    const workerData: WorkerSettings = { ...settings, parameters: names }
    const url = new URL(import.meta.url.replace(/graph-worker\.([jt]s)$/, 'session-worker.$1'))
    this.#worker = new Worker(url, { workerData })
    this.#worker.on('message', (answer: Answer) => this.#waiting.shift()?.resolve(answer))
    this.#worker.on('error', error => this.#fail(error))
    this.#worker.on('exit', code => this.#fail(new Error(`it ended with ${code}`)))
  }

  /** @returns the number by which `run` knows the model */
  async load(model: Uint8Array): Promise<number> {
    const { session } = await this.#ask<'loaded'>({ kind: 'load', model })
    return session
  }

  /**
   * The outputs of a model but for gradients, which are added to those of the parameters.
   *
   * @param options.withGradients whether the model gives gradients; else the ones that there are stay
   */
  run(
    session: number,
    feeds: Readonly<Record<string, Feed>>,
    options: { readonly withGradients: boolean } = { withGradients: false },
  ): Promise<Readonly<Record<string, Float32Array>>> {
    const run = this.#last.then(() => this.#runAlone(session, feeds, options.withGradients))
    this.#last = run.catch(() => {})
    return run
  }

  async #runAlone(
    session: number,
    feeds: Readonly<Record<string, Feed>>,
    withGradients: boolean,
  ): Promise<Readonly<Record<string, Float32Array>>> {
    const lent = this.#parameters.map(parameter => parameter.toMoved(withGradients))
    const request = { kind: 'run', session, feeds, moved: lent } as const
    const { outputs } = await this.#ask<'outputs'>(request, listBuffers(lent))
    return outputs
  }

  /** Ends the thread when what was asked before is done. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#ask<'closed'>({ kind: 'close' })
  }

  async #ask<Kind extends Answer['kind']>(
    request: Request,
    moved: readonly ArrayBuffer[] = [],
  ): Promise<AnswerOf<Kind>> {
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(request, moved)
    })
    if ('moved' in answer) this.#takeBack(answer.moved)
    if (answer.kind === 'failed') {
      const { code, what, fix } = answer
      throw new LosslineError(code, what, fix === undefined ? {} : { fix })
    }
    // The worker answers each kind of request with its own kind of answer.
    return answer as AnswerOf<Kind>
  }

  #takeBack(moved: readonly Moved[]): void {
    for (const [p, { data, gradient }] of moved.entries()) {
      const parameter = this.#parameters[p]!
      parameter.data = data
      // One that was not lent is still here.
      if (gradient !== undefined) parameter.gradient = gradient
    }
  }

  #fail(cause: Error): void {
    const error = new LosslineError('train/runtime', `the thread that trains stopped: ${cause.message}`, {
      cause,
    })
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
