import { type ModelDescription, toEmptyPast, toGenerationFeeds } from '../model/index.ts'
import type { TokenModel } from '../token-model.ts'
import type { GraphWorker } from './graph-worker.ts'

/** Reads tokens with a graph of `buildGenerationGraph`; the keys and values stay in the thread that computes them. */
export class TokenReader implements TokenModel {
  readonly #worker: GraphWorker
  readonly #session: number
  readonly #model: ModelDescription
  #readCount = 0

  constructor(worker: GraphWorker, session: number, model: ModelDescription) {
    this.#worker = worker
    this.#session = session
    this.#model = model
  }

  get maxPositions(): number {
    return this.#model.maxPositions
  }

  async read(tokens: readonly number[]): Promise<Float32Array> {
    const feeds = toGenerationFeeds(this.#model, tokens, this.#readCount)
    const past = this.#readCount === 0 ? toEmptyPast(this.#model) : {}
    const { logits } = await this.#worker.run(this.#session, { ...feeds, ...past })
    this.#readCount += tokens.length
    return logits!
  }

  restart(): void {
    this.#readCount = 0
  }
}
