import { Worker } from 'node:worker_threads'
import { LosslineError } from '../../error.ts'
import type { Feed } from '../model/index.ts'
import type { Answer, Request, WorkerSettings } from './protocol.ts'

type AnswerTo<Kind extends Answer['kind']> = Extract<Answer, { kind: Kind }>

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/** A thread with ONNX Runtime in it, which runs graphs one after the other. */
export class GraphWorker {
  readonly #worker: Worker
  /** Answers come in the order of requests. */
  readonly #waiting: Waiting[] = []
  #isClosed = false

  constructor(settings: WorkerSettings) {
    const url = new URL(import.meta.url.replace(/graph-worker\.([jt]s)$/, 'session-worker.$1'))
    this.#worker = new Worker(url, { workerData: settings })
    this.#worker.on('message', (answer: Answer) => this.#waiting.shift()?.resolve(answer))
    this.#worker.on('error', error => this.#fail(error))
    this.#worker.on('exit', code => this.#fail(new Error(`it ended with ${code}`)))
  }

  /** @returns the number by which `run` knows the model */
  async load(model: Uint8Array): Promise<number> {
    const { session } = await this.#ask<'loaded'>({ kind: 'load', model })
    return session
  }

  /** The outputs of a model but for gradients, which are added to those of the parameters. */
  async run(
    session: number,
    feeds: Readonly<Record<string, Feed>>,
  ): Promise<Readonly<Record<string, Float32Array>>> {
    const { outputs } = await this.#ask<'outputs'>({ kind: 'run', session, feeds })
    return outputs
  }

  /** Ends the thread when what was asked before is done. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#ask<'closed'>({ kind: 'close' })
  }

  async #ask<Kind extends Answer['kind']>(request: Request): Promise<AnswerTo<Kind>> {
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(request)
    })
    if (answer.kind === 'failed') {
      const { code, what, fix } = answer
      throw new LosslineError(code, what, fix === undefined ? {} : { fix })
    }
    // The worker answers each kind of request with its own kind of answer.
    return answer as AnswerTo<Kind>
  }

  #fail(cause: Error): void {
    const error = new LosslineError('train/runtime', `the thread that trains stopped: ${cause.message}`, {
      cause,
    })
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
