import { makeFolder, toWriteError } from '../../dataset/index.ts'
import type { Model } from '../../open-model.ts'
import type { SFTConfig } from '../config/index.ts'
import type { Prompt } from '../generate/index.ts'
import { type GeneratedAnswer, type Logs, openLogs, type RunStart, type TrainEvent } from '../logs/index.ts'
import type { OpenedModel } from '../runtime/index.ts'
import type { TrainerEvent } from '../trainer/index.ts'
import { answerPrompts } from './answers.ts'

export interface LoggedTrainingOptions {
  readonly config: SFTConfig
  readonly chat: Model
  readonly model: OpenedModel
  readonly prompts: readonly Prompt[]
  /** @param step steps done before the first one of this run */
  readonly toStart: (step: number) => RunStart
  readonly onEvent?: (event: TrainEvent) => void
  readonly signal?: AbortSignal
}

/** Writes what a trainer tells to its logs, and after each evaluation, and at the end, what the model answers. */
export class LoggedTraining {
  /** The last ones. */
  answers: readonly GeneratedAnswer[] = []
  readonly #options: LoggedTrainingOptions
  #logs: Logs | undefined
  #answeredStep = -1

  constructor(options: LoggedTrainingOptions) {
    this.#options = options
  }

  async write(event: TrainerEvent): Promise<void> {
    // The first thing that is told says where the run begins: earlier, a folder might be another training's.
    if (this.#logs === undefined) await this.#open(event.kind === 'step' ? event.step - 1 : event.step)
    if (event.kind === 'end') await this.#answer(event)
    await this.#tell(event)
    if (event.kind === 'evaluation') await this.#answer(event)
  }

  async close(): Promise<void> {
    await this.#logs?.close()
  }

  async #open(step: number): Promise<void> {
    const { config, chat, toStart } = this.#options
    const start = toStart(step)
    try {
      makeFolder(config.outputDir)
    } catch (cause) {
      throw toWriteError(cause, config.outputDir)
    }
    this.#logs = await openLogs(start, {
      folder: config.outputDir,
      loggingDir: config.loggingDir,
      reportTo: config.reportTo,
      tokenizer: chat.tokenizer,
      now: Date.now,
    })
    await this.#tell(start)
  }

  async #answer({ step, epoch }: { readonly step: number; readonly epoch: number }): Promise<void> {
    const { prompts, model, chat, signal } = this.#options
    if (prompts.length === 0 || step === this.#answeredStep) return
    // Who asked for an end doesn't want to wait for answers.
    if (signal?.aborted === true) return
    this.#answeredStep = step
    this.answers = await answerPrompts(await model.openReader(), prompts, chat)
    await this.#tell({ kind: 'answers', step, epoch, answers: this.answers })
  }

  async #tell(event: TrainEvent): Promise<void> {
    await this.#logs?.write(event)
    this.#options.onEvent?.(event)
  }
}
