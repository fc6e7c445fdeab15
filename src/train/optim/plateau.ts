import { quote } from '../../error.ts'
import { kwargsError, numberOf, type ScheduleOptions } from './schedules.ts'

export interface PlateauState {
  readonly learningRate: number
  /** Undefined before the first evaluation. */
  readonly best: number | undefined
  readonly badEvaluations: number
  readonly cooldown: number
}

/** A learning rate that falls when a metric has stopped improving, as PyTorch's ReduceLROnPlateau. */
export class Plateau {
  readonly #options: ScheduleOptions
  readonly #rises: boolean
  readonly #isRelative: boolean
  #state: PlateauState

  constructor(options: ScheduleOptions) {
    const { mode = 'min', threshold_mode: thresholdMode = 'rel' } = options.kwargs
    if (mode !== 'min' && mode !== 'max') throw kwargsError(`mode is ${quote(mode)}; expected min or max`)
    if (thresholdMode !== 'rel' && thresholdMode !== 'abs')
      throw kwargsError(`threshold_mode is ${quote(thresholdMode)}; expected rel or abs`)
    this.#options = options
    this.#rises = mode === 'max'
    this.#isRelative = thresholdMode === 'rel'
    this.#state = { learningRate: options.learningRate, best: undefined, badEvaluations: 0, cooldown: 0 }
  }

  get state(): PlateauState {
    return this.#state
  }

  resume(state: PlateauState): void {
    this.#state = state
  }

  /** Tells it what an evaluation gave. */
  see(metric: number): void {
    let { learningRate, best, badEvaluations, cooldown } = this.#state
    if (this.#isBetter(metric)) {
      best = metric
      badEvaluations = 0
    } else {
      badEvaluations++
    }
    if (cooldown > 0) {
      cooldown--
      badEvaluations = 0
    }
    if (badEvaluations > numberOf(this.#options, 'patience', 10)) {
      const lower = Math.max(
        learningRate * numberOf(this.#options, 'factor', 0.1),
        numberOf(this.#options, 'min_lr', 0),
      )
      if (learningRate - lower > numberOf(this.#options, 'eps', 1e-8)) learningRate = lower
      cooldown = numberOf(this.#options, 'cooldown', 0)
      badEvaluations = 0
    }
    this.#state = { learningRate, best, badEvaluations, cooldown }
  }

  #isBetter(metric: number): boolean {
    const threshold = numberOf(this.#options, 'threshold', 1e-4)
    const { best } = this.#state
    if (best === undefined) return !Number.isNaN(metric)
    if (this.#rises) return metric > (this.#isRelative ? best * (1 + threshold) : best + threshold)
    return metric < (this.#isRelative ? best * (1 - threshold) : best - threshold)
  }
}
