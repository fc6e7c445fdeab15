import { Plateau, type PlateauState } from './plateau.ts'
import {
  kwargsError,
  SCHEDULES,
  type Schedule,
  type ScheduleName,
  type ScheduleOptions,
} from './schedules.ts'

export interface SchedulerState {
  /** Steps that were taken. */
  readonly steps: number
  readonly plateau?: PlateauState
}

/** The learning rate of a training, step by step. */
export class Scheduler {
  readonly #learningRate: number
  readonly #schedule: Schedule
  readonly #plateau: Plateau | undefined
  #steps = 0

  /** @throws LosslineError `train/option` for kwargs that the schedule doesn't take */
  constructor(name: ScheduleName, options: ScheduleOptions) {
    const kind = SCHEDULES[name]
    const other = Object.keys(options.kwargs).find(key => !kind.kwargs.includes(key))
    if (other !== undefined) {
      const names = kind.kwargs.length === 0 ? 'nothing' : kind.kwargs.join(', ')
      throw kwargsError(`has ${other}; ${name} takes ${names}`)
    }
    this.#learningRate = options.learningRate
    this.#schedule = kind.toSchedule(options)
    this.#plateau = name === 'reduce_lr_on_plateau' ? new Plateau(options) : undefined
  }

  /** Of the step that comes next. */
  get learningRate(): number {
    return this.#plateau?.state.learningRate ?? this.#learningRate * this.#schedule(this.#steps)
  }

  step(): void {
    this.#steps++
  }

  /** Tells it the metric of an evaluation, which only `reduce_lr_on_plateau` looks at. */
  see(metric: number): void {
    this.#plateau?.see(metric)
  }

  get state(): SchedulerState {
    return { steps: this.#steps, ...(this.#plateau !== undefined && { plateau: this.#plateau.state }) }
  }

  resume({ steps, plateau }: SchedulerState): void {
    this.#steps = steps
    if (plateau !== undefined) this.#plateau?.resume(plateau)
  }
}
