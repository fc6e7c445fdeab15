import type { Graph } from '../../src/train/graph/graph.ts'
import type { Tensor } from '../../src/train/graph/tensor.ts'
import type { GradientProblem } from './run-gradients.ts'
import type { Value } from './run-graph.ts'

/** Something differentiable of float inputs, beside what PyTorch calls it: for sizes n and m, which no two tests need have alike. */
export interface GradientCase {
  /** What is special about it: `of a row`. */
  readonly note?: string
  readonly shapes: Shapes
  readonly build: (inputs: readonly Tensor[], n: number, m: number, graph: Graph) => Tensor
  /** The same in Python, of float64 tensors: the inputs are a, b, c and d, the first of them also x; see torch_gradients.py. */
  readonly torch: string
  /** Inputs lie between these, where not everything will do. */
  readonly range?: readonly [number, number]
  /** Inputs are whole numbers: some are equal, some zero. */
  readonly isWhole?: boolean
  /** No slope to be compared with: at a corner, or what is rounded or left out of the gradient on purpose. */
  readonly hasNoSlope?: boolean
  readonly feeds?: Readonly<Record<string, Value>>
  /** The number of tokens, where the first axis of all inputs is named `tokens`. */
  readonly tokens?: number
}

type Shapes = (n: number, m: number) => readonly (readonly number[])[]
type Options = Omit<GradientCase, 'shapes' | 'build' | 'torch'>

/** A case of one input [n, m]. */
export function one(
  build: (x: Tensor, n: number, m: number) => Tensor,
  torch: string,
  options: Options = {},
): GradientCase {
  return { shapes: (n, m) => [[n, m]], build: ([x], n, m) => build(x!, n, m), torch, ...options }
}

/** A case of two inputs, of one shape unless said otherwise. */
export function two(
  build: (a: Tensor, b: Tensor, n: number, m: number) => Tensor,
  torch: string,
  { shapes = same, ...options }: Options & { readonly shapes?: Shapes } = {},
): GradientCase {
  return { shapes, build: ([a, b], n, m) => build(a!, b!, n, m), torch, ...options }
}

const same: Shapes = (n, m) => [
  [n, m],
  [n, m],
]

export const row: Shapes = (n, m) => [[n, m], [m]]

export const column: Shapes = (n, m) => [
  [n, 1],
  [n, m],
]

interface Sizes {
  readonly n: number
  readonly m: number
  readonly seed: number
}

/** A case of given sizes, with numbers from a seed; `range` for cases that have none. */
export function toProblem(
  { shapes, build, tokens, torch: _, note: __, hasNoSlope: ___, ...options }: GradientCase,
  { n, m, seed }: Sizes,
  range?: readonly [number, number],
): GradientProblem {
  return {
    inputs: shapes(n, m).map(shape => ({
      shape,
      ...(tokens !== undefined && { dims: ['tokens', ...shape.slice(1)] }),
    })),
    build: (inputs, graph) => build(inputs, n, m, graph),
    ...(tokens !== undefined && { dims: { tokens } }),
    ...(range && { range }),
    ...options,
    seed,
  }
}
