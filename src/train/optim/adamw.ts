import type { Parameter } from '../trainable-model.ts'
import { type Optimizer, type OptimizerOptions, type OptimizerState, toState } from './optimizer.ts'

/** What is kept of a parameter between steps. */
export interface AdamMeans {
  readonly mean: Float32Array
  readonly meanOfSquares: Float32Array
  readonly weightDecay: number
}

/** A parameter with what is kept of it. The arrays are of one length. */
interface AdamPart extends AdamMeans {
  readonly data: Float32Array
  readonly gradient: Float32Array
}

/** What one step is done with, the same for every part. */
export interface AdamStep {
  readonly learningRate: number
  readonly scale: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Correct both means for having begun at 0. */
  readonly stepSize: number
  readonly rootCorrection: number
}

/** AdamW as `torch.optim.AdamW`, with the weight decay that transformers gives to each parameter. */
export class AdamW implements Optimizer {
  readonly state: readonly OptimizerState[]
  protected readonly parameters: readonly Parameter[]
  readonly #options: OptimizerOptions
  #steps = 0

  /** @param makeState the zeros that it begins with */
  constructor(
    parameters: readonly Parameter[],
    options: OptimizerOptions,
    makeState: (name: string, parameter: Parameter) => OptimizerState = toState,
  ) {
    this.#options = options
    this.parameters = parameters
    this.state = parameters.flatMap(parameter => [
      makeState('exp_avg', parameter),
      makeState('exp_avg_sq', parameter),
    ])
  }

  get steps(): number {
    return this.#steps
  }

  resume(steps: number): void {
    this.#steps = steps
  }

  step(learningRate: number, scale: number): void | Promise<void> {
    const step = this.nextStep(learningRate, scale)
    for (const [p, { data, gradient }] of this.parameters.entries())
      updatePart({ data, gradient, ...this.meansOf(p) }, step)
  }

  /** What is kept of parameter `p`. */
  protected meansOf(p: number): AdamMeans {
    return {
      mean: this.state[2 * p]!.data,
      meanOfSquares: this.state[2 * p + 1]!.data,
      weightDecay: this.parameters[p]!.decays ? this.#options.weightDecay : 0,
    }
  }

  /** Counts a step, and says what it is done with. */
  protected nextStep(learningRate: number, scale: number): AdamStep {
    this.#steps++
    const { adamBeta1: beta1, adamBeta2: beta2, adamEpsilon: epsilon } = this.#options
    return {
      learningRate,
      scale,
      beta1,
      beta2,
      epsilon,
      stepSize: learningRate / (1 - beta1 ** this.#steps),
      rootCorrection: Math.sqrt(1 - beta2 ** this.#steps),
    }
  }
}

/** The hot loop: four arrays, read and written once. */
export function updatePart(part: AdamPart, step: AdamStep): void {
  const { data, gradient, mean, meanOfSquares } = part
  const { scale, beta1, beta2, epsilon, stepSize, rootCorrection } = step
  const keep = 1 - step.learningRate * part.weightDecay
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
