import type { Parameter } from '../trainable-model.ts'

/** What an optimizer keeps between steps of one parameter, by PyTorch's names. */
export interface OptimizerState {
  /** `exp_avg.model.layers.0.self_attn.q_proj.weight`. */
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Updates parameters in place. */
export interface Optimizer {
  /** Steps that were taken. */
  readonly steps: number
  /** Its arrays are the optimizer's own: what is written into them is what the next step reads. */
  readonly state: readonly OptimizerState[]
  /**
   * One step with the parameters' gradients, each multiplied by `scale` first: clipping without a pass of its own.
   *
   * @param learningRate of every parameter
   */
  step(learningRate: number, scale: number): void | Promise<void>
  /** Says how many steps the state is of, after the arrays in `state` were filled. */
  resume(steps: number): void
  /** What {@link gradientNorm} says of its parameters, where it knows a faster way. */
  gradientNorm?(): Promise<number>
  /** Ends the threads that it has. */
  close?(): Promise<void>
}

/** What the kinds of optimizers take, by transformers' names. */
export interface OptimizerOptions {
  readonly weightDecay: number
  readonly adamBeta1: number
  readonly adamBeta2: number
  readonly adamEpsilon: number
  /** `optim_args`: of sgd, `momentum`. */
  readonly args: Readonly<Record<string, string>>
}

export type OptimizerKind = (parameters: readonly Parameter[], options: OptimizerOptions) => Optimizer

/** The state of one name for one parameter, zeros. */
export function toState(
  name: string,
  parameter: Parameter,
  shape: readonly number[] = parameter.shape,
): OptimizerState {
  const length = shape.reduce((product, size) => product * size, 1)
  return { name: `${name}.${parameter.name}`, shape, data: new Float32Array(length) }
}

/** The same on memory that threads share. */
export function toSharedState(name: string, parameter: Parameter): OptimizerState {
  const data = new Float32Array(new SharedArrayBuffer(4 * parameter.data.length))
  return { name: `${name}.${parameter.name}`, shape: parameter.shape, data }
}
