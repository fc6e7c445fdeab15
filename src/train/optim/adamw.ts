import type { Parameter } from '../trainable-model.ts'
import { type Optimizer, type OptimizerOptions, type OptimizerState, toState } from './optimizer.ts'

interface Part {
  readonly parameter: Parameter
  readonly weightDecay: number
  readonly mean: OptimizerState
  readonly meanOfSquares: OptimizerState
}

/** AdamW as `torch.optim.AdamW`, with the weight decay that transformers gives to each parameter. */
export class AdamW implements Optimizer {
  readonly state: readonly OptimizerState[]
  readonly #parts: readonly Part[]
  readonly #options: OptimizerOptions
  #steps = 0

  constructor(parameters: readonly Parameter[], options: OptimizerOptions) {
    this.#options = options
    this.#parts = parameters.map(parameter => ({
      parameter,
      weightDecay: parameter.decays ? options.weightDecay : 0,
      mean: toState('exp_avg', parameter),
      meanOfSquares: toState('exp_avg_sq', parameter),
    }))
    this.state = this.#parts.flatMap(({ mean, meanOfSquares }) => [mean, meanOfSquares])
  }

  get steps(): number {
    return this.#steps
  }

  resume(steps: number): void {
    this.#steps = steps
  }

  step(learningRate: number, scale: number): void {
    this.#steps++
    const { adamBeta1, adamBeta2, adamEpsilon } = this.#options
    const stepSize = learningRate / (1 - adamBeta1 ** this.#steps)
    const rootCorrection = Math.sqrt(1 - adamBeta2 ** this.#steps)
    for (const { parameter, weightDecay, mean, meanOfSquares } of this.#parts) {
      update(parameter, mean.data, meanOfSquares.data, {
        scale,
        beta1: adamBeta1,
        beta2: adamBeta2,
        epsilon: adamEpsilon,
        keep: 1 - learningRate * weightDecay,
        stepSize,
        rootCorrection,
      })
    }
  }
}

interface Factors {
  readonly scale: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** What weight decay leaves of a weight. */
  readonly keep: number
  readonly stepSize: number
  readonly rootCorrection: number
}

/** The hot loop: five arrays of one length, read and written once. */
function update(
  { data, gradient }: Parameter,
  mean: Float32Array,
  meanOfSquares: Float32Array,
  { scale, beta1, beta2, epsilon, keep, stepSize, rootCorrection }: Factors,
): void {
  const gain1 = 1 - beta1
  const gain2 = 1 - beta2
  for (let i = 0; i < data.length; i++) {
    const g = gradient[i]! * scale
    const m = mean[i]! + gain1 * (g - mean[i]!)
    const v = beta2 * meanOfSquares[i]! + gain2 * g * g
    mean[i] = m
    meanOfSquares[i] = v
    data[i] = data[i]! * keep - (stepSize * m) / (Math.sqrt(v) / rootCorrection + epsilon)
  }
}
