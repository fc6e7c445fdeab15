/** Optimizers, clipping and learning rates, against PyTorch and transformers on random problems. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashFraction } from '../../src/prepare/random.ts'
import { orderExamples } from '../../src/train/data/index.ts'
import {
  clipScale,
  gradientNorm,
  OPTIMIZERS,
  type OptimizerName,
  SCHEDULES,
  type ScheduleName,
  Scheduler,
} from '../../src/train/optim/index.ts'
import type { Parameter } from '../../src/train/trainable-model.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

const python = findPython('trl-1.16')
const options = { skip: python === undefined && whyNoPython('trl-1.16') }

const STEPS = 60

/** Numbers around 0 that are alike in every run. */
function toNoise(seed: number, length: number, scale = 1): Float32Array {
  return Float32Array.from({ length }, (_, i) => (hashFraction(seed, i) - 0.5) * 2 * scale)
}

interface Problem {
  readonly optim: OptimizerName
  readonly args: Readonly<Record<string, number>>
  readonly maxNorm: number
}

const ADAM = { adam_beta1: 0.9, adam_beta2: 0.999, adam_epsilon: 1e-8, weight_decay: 0, momentum: 0 }
const PROBLEMS: readonly Problem[] = [
  { optim: 'adamw_torch', args: ADAM, maxNorm: 1 },
  { optim: 'adamw_torch_fused', args: ADAM, maxNorm: 1e9 },
  {
    optim: 'adamw_torch',
    args: { ...ADAM, adam_beta1: 0.8, adam_beta2: 0.95, adam_epsilon: 1e-4, weight_decay: 0.1 },
    maxNorm: 3,
  },
  { optim: 'adafactor', args: ADAM, maxNorm: 1 },
  { optim: 'adafactor', args: { ...ADAM, weight_decay: 0.05 }, maxNorm: 1e9 },
  { optim: 'sgd', args: ADAM, maxNorm: 1 },
  { optim: 'sgd', args: { ...ADAM, momentum: 0.9, weight_decay: 0.1 }, maxNorm: 2 },
]
const SHAPES = [[7, 5], [5], [2, 3, 4], [1, 6]]

function toParameters(): Parameter[] {
  return SHAPES.map((shape, i) => {
    const length = shape.reduce((product, size) => product * size, 1)
    return {
      name: `p${i}`,
      shape,
      data: toNoise(100 + i, length),
      gradient: new Float32Array(length),
      decays: i !== 1,
    }
  })
}

test('optimizers and clipping end where PyTorch’s do', options, () => {
  const rates = Array.from({ length: STEPS }, (_, step) => 0.01 * (1 - step / STEPS))
  const cases = PROBLEMS.map((problem, p) => {
    const parameters = toParameters()
    const gradients = rates.map((_, step) =>
      parameters.map(({ data }, i) => toNoise(1000 * p + 10 * step + i, data.length, 1 + (step % 7))),
    )
    return { problem, parameters, gradients }
  })
  const answers = runPython(
    python!,
    'test/interop/torch_optim.py',
    cases.map(({ problem: { optim, args, maxNorm }, parameters, gradients }) => ({
      kind: 'optimizer',
      optim,
      args,
      shapes: SHAPES,
      decays: parameters.map(({ decays }) => decays),
      data: parameters.map(({ data }) => [...data]),
      gradients: gradients.map(step => step.map(gradient => [...gradient])),
      learning_rates: rates,
      max_norm: maxNorm,
    })),
  ) as { data: number[][]; norms: number[] }[]
  for (const [c, { problem, parameters, gradients }] of cases.entries()) {
    const { optim, args, maxNorm } = problem
    const optimizer = OPTIMIZERS[optim](parameters, {
      weightDecay: args['weight_decay']!,
      adamBeta1: args['adam_beta1']!,
      adamBeta2: args['adam_beta2']!,
      adamEpsilon: args['adam_epsilon']!,
      args: optim === 'sgd' ? { momentum: String(args['momentum']) } : {},
    })
    for (const [step, rate] of rates.entries()) {
      for (const [i, gradient] of gradients[step]!.entries()) parameters[i]!.gradient.set(gradient)
      const norm = gradientNorm(parameters)
      assertNear(norm, answers[c]!.norms[step]!, 1e-6, `${optim} norm`)
      optimizer.step(rate, clipScale(norm, maxNorm))
    }
    for (const [i, { data }] of parameters.entries())
      for (const [j, value] of data.entries())
        assertNear(value, answers[c]!.data[i]![j]!, 1e-6, `${optim} ${c} [${i}][${j}]`)
  }
})

type Kwargs = Readonly<Record<string, number | string>>
const KWARGS: { readonly [Name in ScheduleName]: readonly Kwargs[] } = {
  linear: [{}],
  cosine: [{}, { num_cycles: 1.5 }],
  cosine_with_restarts: [{}, { num_cycles: 3 }],
  polynomial: [{}, { lr_end: 1e-4, power: 2 }],
  constant: [{}],
  constant_with_warmup: [{}],
  inverse_sqrt: [{}],
  reduce_lr_on_plateau: [
    { patience: 2, factor: 0.5 },
    { mode: 'max', patience: 1, cooldown: 2, min_lr: 1e-4, threshold: 0.01, threshold_mode: 'abs' },
  ],
  cosine_with_min_lr: [{ min_lr: 1e-4 }, { min_lr_rate: 0.3, num_cycles: 1 }],
  cosine_warmup_with_min_lr: [{ min_lr: 1e-4 }, { min_lr_rate: 0.3, warmup_lr_rate: 0.2 }],
  warmup_stable_decay: [
    { num_decay_steps: 20 },
    {
      num_decay_steps: 10,
      num_stable_steps: 15,
      warmup_type: 'cosine',
      decay_type: 'linear',
      min_lr_ratio: 0.1,
    },
    { num_decay_steps: 30, warmup_type: '1-sqrt', decay_type: '1-sqrt', num_cycles: 1 },
  ],
}

test('learning rates are those of transformers’ get_scheduler, past the end too', options, () => {
  const metrics = [...toNoise(7, STEPS + 10)].map((noise, step) => 3 - step / 40 + noise / 5)
  const cases = (Object.keys(SCHEDULES) as ScheduleName[]).flatMap(name =>
    KWARGS[name].flatMap(kwargs =>
      [0, 1, 12].map(warmupSteps => ({
        name,
        kwargs,
        warmupSteps,
        learningRate: 0.002,
        trainingSteps: STEPS,
      })),
    ),
  )
  const answers = runPython(
    python!,
    'test/interop/torch_optim.py',
    cases.map(({ name, kwargs, warmupSteps, learningRate, trainingSteps }) => ({
      kind: 'schedule',
      name,
      kwargs,
      warmup_steps: warmupSteps,
      learning_rate: learningRate,
      training_steps: trainingSteps,
      steps: STEPS + 10,
      metrics,
    })),
  ) as { learning_rates: number[] }[]
  for (const [c, { name, ...given }] of cases.entries()) {
    const scheduler = new Scheduler(name, given)
    const rates = metrics.map(metric => {
      const { learningRate } = scheduler
      scheduler.step()
      scheduler.see(metric)
      return learningRate
    })
    for (const [step, rate] of rates.entries())
      assertNear(rate, answers[c]!.learning_rates[step]!, 1e-14, `${name} ${JSON.stringify(given)} ${step}`)
  }
})

test('the order of an epoch is that of transformers’ Trainer with the same seed', options, () => {
  const cases = [1, 2, 10, 700, 1300].flatMap(count => [0, 42, 123_456_789].map(seed => ({ count, seed })))
  const answers = runPython(
    python!,
    'test/interop/torch_optim.py',
    cases.map(item => ({ kind: 'order', epochs: 3, ...item })),
  ) as { orders: number[][] }[]
  for (const [c, { count, seed }] of cases.entries())
    for (const [epoch, expected] of answers[c]!.orders.entries()) {
      const order = { strategy: 'random', seed, epoch, stepExamples: 8 } as const
      assert.deepEqual([...orderExamples(new Int32Array(count), order)], expected)
    }
})

test('examples are grouped by length as transformers does it', options, () => {
  const cases = [1, 9, 100, 1000].flatMap(count => [1, 4, 32].map(stepExamples => ({ count, stepExamples })))
  const toLengths = (count: number): Int32Array =>
    Int32Array.from(toNoise(count, count, 10), noise => 20 + Math.floor(noise))
  const answers = runPython(
    python!,
    'test/interop/torch_optim.py',
    cases.map(({ count, stepExamples }) => ({
      kind: 'grouped',
      lengths: [...toLengths(count)],
      batch_size: stepExamples,
      seed: 5,
      epochs: 2,
    })),
  ) as { orders: number[][] }[]
  for (const [c, { count, stepExamples }] of cases.entries())
    for (const [epoch, expected] of answers[c]!.orders.entries()) {
      const order = { strategy: 'group_by_length', seed: 5, epoch, stepExamples } as const
      assert.deepEqual([...orderExamples(toLengths(count), order)], expected)
    }
})

/** Within a share of the expected value, or of 1 where that is less: weights are of that size, and sums of some cancel. */
function assertNear(actual: number, expected: number, share: number, what: string): void {
  const error = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1)
  assert.ok(error <= share, `${what}: ${actual}, PyTorch has ${expected}`)
}
