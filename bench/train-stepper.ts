import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { StepAnswer, StepRequest } from './train-case.ts'

/** A process that makes a step for each line that it gets. */
export class Stepper {
  /** Seconds from its start until it can make a step. */
  readonly ready: Promise<number>
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(command: string, args: readonly string[]) {
    const env = { ...process.env, HF_HUB_OFFLINE: '1', TRANSFORMERS_VERBOSITY: 'error' }
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env })
    this.#lines = createInterface(this.#child.stdout!)[Symbol.asyncIterator]()
    this.ready = this.#read<{ ready: number }>().then(({ ready }) => ready)
  }

  step(request: StepRequest): Promise<StepAnswer> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`)
    return this.#read()
  }

  end(): void {
    this.#child.stdin!.end()
  }

  async #read<Answer>(): Promise<Answer> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('the process ended')
    return JSON.parse(value) as Answer
  }
}

/** Medians of some steps; memory and the speed of products at their highest. */
export function summarise(answers: readonly StepAnswer[]): StepAnswer {
  const median = (key: keyof StepAnswer): number => {
    const values = answers.map(answer => answer[key]).sort((a, b) => a - b)
    const middle = (values.length - 1) / 2
    return (values[Math.floor(middle)]! + values[Math.ceil(middle)]!) / 2
  }
  return {
    wall: median('wall'),
    cpu: median('cpu'),
    loss: median('loss'),
    peak: Math.max(...answers.map(({ peak }) => peak)),
    gflops: Math.max(...answers.map(({ gflops }) => gflops)),
  }
}
