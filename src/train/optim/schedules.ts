import { LosslineError, quote } from '../../error.ts'

/** transformers' names for `lr_scheduler_type`. */
export type ScheduleName =
  | 'linear'
  | 'cosine'
  | 'cosine_with_restarts'
  | 'polynomial'
  | 'constant'
  | 'constant_with_warmup'
  | 'inverse_sqrt'
  | 'reduce_lr_on_plateau'
  | 'cosine_with_min_lr'
  | 'cosine_warmup_with_min_lr'
  | 'warmup_stable_decay'

export interface ScheduleOptions {
  /** At its highest. */
  readonly learningRate: number
  readonly warmupSteps: number
  readonly trainingSteps: number
  /** `lr_scheduler_kwargs`. */
  readonly kwargs: Readonly<Record<string, number | string>>
}

/** What the learning rate is multiplied by in a step, counted from 0. */
export type Schedule = (step: number) => number

export interface ScheduleKind {
  /** The kwargs that it takes. */
  readonly kwargs: readonly string[]
  toSchedule(options: ScheduleOptions): Schedule
}

/** Every schedule of transformers' `get_scheduler`. */
export const SCHEDULES: { readonly [Name in ScheduleName]: ScheduleKind } = {
  linear: {
    kwargs: [],
    toSchedule: options => withWarmup(options, progress => Math.max(0, 1 - progress)),
  },
  cosine: {
    kwargs: ['num_cycles'],
    toSchedule: options => {
      const cycles = numberOf(options, 'num_cycles', 0.5)
      return withWarmup(options, progress => Math.max(0, cosine(cycles * 2 * progress)))
    },
  },
  cosine_with_restarts: {
    kwargs: ['num_cycles'],
    toSchedule: options => {
      const cycles = numberOf(options, 'num_cycles', 1)
      return withWarmup(options, progress => (progress >= 1 ? 0 : cosine((cycles * progress) % 1)))
    },
  },
  polynomial: { kwargs: ['lr_end', 'power'], toSchedule: toPolynomial },
  constant: { kwargs: [], toSchedule: () => () => 1 },
  constant_with_warmup: { kwargs: [], toSchedule: options => withWarmup(options, () => 1) },
  inverse_sqrt: { kwargs: [], toSchedule: toInverseRoot },
  // Its learning rate follows a metric, not the steps: see plateau.ts.
  reduce_lr_on_plateau: {
    kwargs: ['mode', 'factor', 'patience', 'threshold', 'threshold_mode', 'cooldown', 'min_lr', 'eps'],
    toSchedule: () => () => 1,
  },
  cosine_with_min_lr: {
    kwargs: ['num_cycles', 'min_lr', 'min_lr_rate'],
    toSchedule: options => {
      const cycles = numberOf(options, 'num_cycles', 0.5)
      const lowest = lowestRate(options)
      return withWarmup(options, progress => Math.max(0, lift(cosine(cycles * 2 * progress), lowest)))
    },
  },
  cosine_warmup_with_min_lr: {
    kwargs: ['num_cycles', 'min_lr', 'min_lr_rate', 'warmup_lr_rate'],
    toSchedule: toCosineFromRate,
  },
  warmup_stable_decay: {
    kwargs: [
      'num_decay_steps',
      'num_stable_steps',
      'warmup_type',
      'decay_type',
      'min_lr_ratio',
      'num_cycles',
    ],
    toSchedule: toStableDecay,
  },
}

/** Rises from 0 in the steps of the warmup; after it, `factor` of the share of the other steps that is done. */
function withWarmup(
  { warmupSteps, trainingSteps }: ScheduleOptions,
  factor: (progress: number) => number,
): Schedule {
  return step =>
    step < warmupSteps
      ? step / Math.max(1, warmupSteps)
      : factor((step - warmupSteps) / Math.max(1, trainingSteps - warmupSteps))
}

function toPolynomial(options: ScheduleOptions): Schedule {
  const { learningRate, warmupSteps, trainingSteps } = options
  const end = numberOf(options, 'lr_end', 1e-7)
  const power = numberOf(options, 'power', 1)
  if (end >= learningRate)
    throw kwargsError(`lr_end is ${end}; expected less than the learning rate, ${learningRate}`)
  return step => {
    if (step < warmupSteps) return step / Math.max(1, warmupSteps)
    if (step > trainingSteps) return end / learningRate
    const left = 1 - (step - warmupSteps) / (trainingSteps - warmupSteps)
    return ((learningRate - end) * left ** power + end) / learningRate
  }
}

function toInverseRoot({ warmupSteps }: ScheduleOptions): Schedule {
  const timescale = warmupSteps || 10_000
  return step =>
    step < warmupSteps
      ? step / Math.max(1, warmupSteps)
      : 1 / Math.sqrt((step + timescale - warmupSteps) / timescale)
}

/** Warms up from a rate above 0, and counts the step that is to be done. */
function toCosineFromRate(options: ScheduleOptions): Schedule {
  const { warmupSteps, trainingSteps } = options
  const cycles = numberOf(options, 'num_cycles', 0.5)
  const lowest = lowestRate(options)
  const first =
    options.kwargs['warmup_lr_rate'] === undefined ? undefined : numberOf(options, 'warmup_lr_rate', 0)
  return step => {
    if (step < warmupSteps) {
      if (first === undefined) return (step + 1) / Math.max(1, warmupSteps)
      return first + ((1 - first) * step) / Math.max(1, warmupSteps - 1)
    }
    const progress = (step - warmupSteps + 1) / Math.max(1, trainingSteps - warmupSteps)
    return Math.max(0, lift(cosine(cycles * 2 * progress), lowest))
  }
}

function toStableDecay(options: ScheduleOptions): Schedule {
  const { warmupSteps, trainingSteps } = options
  const decaySteps = numberOf(options, 'num_decay_steps', undefined)
  const stableSteps = numberOf(options, 'num_stable_steps', trainingSteps - warmupSteps - decaySteps)
  const lowest = numberOf(options, 'min_lr_ratio', 0)
  const cycles = numberOf(options, 'num_cycles', 0.5)
  const rise = shapeOf(options, 'warmup_type', 'linear')
  const fall = shapeOf(options, 'decay_type', 'cosine')
  return step => {
    if (step < warmupSteps) {
      const progress = step / Math.max(1, warmupSteps)
      const factor = {
        linear: progress,
        cosine: 1 - cosine(progress),
        '1-sqrt': 1 - Math.sqrt(1 - progress),
      }[rise]
      return Math.max(0, lift(factor, lowest))
    }
    if (step < warmupSteps + stableSteps) return 1
    if (step >= warmupSteps + stableSteps + decaySteps) return lowest
    const progress = (step - warmupSteps - stableSteps) / Math.max(1, decaySteps)
    const factor = {
      linear: 1 - progress,
      cosine: cosine(cycles * 2 * progress),
      '1-sqrt': 1 - Math.sqrt(progress),
    }[fall]
    return Math.max(0, lift(factor, lowest))
  }
}

/** From 1 to 0 over one half turn. */
function cosine(halfTurns: number): number {
  return 0.5 * (1 + Math.cos(Math.PI * halfTurns))
}

/** Brings [0, 1] to [lowest, 1]. */
function lift(factor: number, lowest: number): number {
  return factor * (1 - lowest) + lowest
}

function lowestRate(options: ScheduleOptions): number {
  const { min_lr: rate, min_lr_rate: share } = options.kwargs
  if ((rate === undefined) === (share === undefined))
    throw kwargsError('says the lowest learning rate not once; expected one of min_lr and min_lr_rate')
  return share === undefined
    ? numberOf(options, 'min_lr', 0) / options.learningRate
    : numberOf(options, 'min_lr_rate', 0)
}

type Shape = 'linear' | 'cosine' | '1-sqrt'

function shapeOf({ kwargs }: ScheduleOptions, name: string, usual: Shape): Shape {
  const value = kwargs[name] ?? usual
  if (value === 'linear' || value === 'cosine' || value === '1-sqrt') return value
  throw kwargsError(`${name} is ${quote(value)}; expected linear, cosine or 1-sqrt`)
}

/** @param usual undefined where it has to be given */
export function numberOf(
  { kwargs }: Pick<ScheduleOptions, 'kwargs'>,
  name: string,
  usual: number | undefined,
): number {
  const value = kwargs[name] ?? usual
  if (typeof value === 'number') return value
  throw kwargsError(
    value === undefined
      ? `has no ${name}, which the schedule needs`
      : `${name} is ${quote(value)}; expected a number`,
  )
}

/** What is wrong in `lrSchedulerKwargs`. */
export function kwargsError(what: string): LosslineError {
  return new LosslineError('train/option', what, { where: 'lrSchedulerKwargs' })
}
