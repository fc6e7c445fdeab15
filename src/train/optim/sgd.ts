import { LosslineError, quote } from '../../error.ts'
import type { Parameter } from '../trainable-model.ts'
import { type Optimizer, type OptimizerOptions, type OptimizerState, toState } from './optimizer.ts'

/** SGD as `torch.optim.SGD`. transformers gives it no momentum; `optim_args: momentum=0.9` does here. */
export class SGD implements Optimizer {
  readonly state: readonly OptimizerState[]
  readonly #parameters: readonly Parameter[]
  readonly #weightDecay: number
  readonly #momentum: number
  #steps = 0

  constructor(parameters: readonly Parameter[], { weightDecay, args }: OptimizerOptions) {
    this.#parameters = parameters
    this.#weightDecay = weightDecay
    this.#momentum = parseMomentum(args)
    this.state =
      this.#momentum === 0 ? [] : parameters.map(parameter => toState('momentum_buffer', parameter))
  }

  get steps(): number {
    return this.#steps
  }

  resume(steps: number): void {
    this.#steps = steps
  }

  step(learningRate: number, scale: number): void {
    // PyTorch's buffer starts as the first gradient; multiplied zeros plus the gradient are the same.
    this.#steps++
    for (const [p, { data, gradient, decays }] of this.#parameters.entries()) {
      const decay = decays ? this.#weightDecay : 0
      const buffer = this.state[p]?.data
      for (let i = 0; i < data.length; i++) {
        let g = gradient[i]! * scale + decay * data[i]!
        if (buffer !== undefined) {
          g += this.#momentum * buffer[i]!
          buffer[i] = g
        }
        data[i] = data[i]! - learningRate * g
      }
    }
  }
}

function parseMomentum({ momentum = '0', ...others }: Readonly<Record<string, string>>): number {
  const [other] = Object.keys(others)
  const value = Number(momentum)
  if (other === undefined && value >= 0 && value < 1) return value
  const what = other === undefined ? `has momentum=${quote(momentum)}` : `has ${quote(other)}`
  throw new LosslineError('train/option', `${what}; sgd takes momentum, from 0 to below 1`, {
    where: 'optimArgs',
  })
}
