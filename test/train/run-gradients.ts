import { gradients } from '../../src/train/graph/gradients.ts'
import { Graph } from '../../src/train/graph/graph.ts'
import { type Shape, sizeOf, type Tensor } from '../../src/train/graph/tensor.ts'
import { random } from '../random.ts'
import { openGraph, type Value } from './run-graph.ts'

/** Float inputs, what is made of them, and how their numbers are drawn. */
export interface GradientProblem {
  /** `dims` where they have names in the graph. */
  readonly inputs: readonly { readonly shape: readonly number[]; readonly dims?: Shape }[]
  readonly build: (inputs: readonly Tensor[], graph: Graph) => Tensor
  /** Inputs lie between these; [-1, 1] by default. */
  readonly range?: readonly [number, number]
  /** Inputs are whole numbers: some are equal, some zero. */
  readonly isWhole?: boolean
  /** Inputs of other kinds, which `build` declares. */
  readonly feeds?: Readonly<Record<string, Value>>
  /** The sizes that have names. */
  readonly dims?: Readonly<Record<string, number>>
  readonly seed: number
}

export interface FloatValue {
  readonly data: Float32Array
  readonly shape: readonly number[]
}

/** A problem whose graph is open, with its random numbers. */
export interface OpenProblem {
  readonly inputs: readonly FloatValue[]
  /** The gradient of a loss with respect to y: a random factor for each number of y, so that the loss has no symmetries. */
  readonly dy: FloatValue
  /** Numbers of a shape that are drawn after those of the inputs. */
  readonly draw: (shape: readonly number[]) => FloatValue
  /** y for some inputs, and the gradient of Σ dy · y with respect to each. */
  readonly run: (inputs: readonly FloatValue[]) => Promise<{ y: Float32Array; gradients: Float32Array[] }>
}

export async function openProblem(problem: GradientProblem): Promise<OpenProblem> {
  const { inputs, range = [-1, 1], isWhole = false, feeds = {}, dims = {} } = problem
  const next = random(problem.seed)
  const fill = (shape: readonly number[], [low, high]: readonly [number, number]): FloatValue => {
    const draw = (): number => low + ((high - low) * next(1e6)) / 1e6
    return { shape, data: Float32Array.from({ length: sizeOf(shape) }, draw) }
  }
  const draw = (shape: readonly number[]): FloatValue => fill(shape, [-1, 1])
  const { graph, y } = buildBoth(problem)
  const run = await openGraph(graph)
  const dy = draw(y.shape.map(dim => (typeof dim === 'number' ? dim : dims[dim]!)))
  const values = inputs.map(({ shape }) => fill(shape, range))
  return {
    inputs: isWhole ? values.map(({ shape, data }) => ({ shape, data: data.map(Math.round) })) : values,
    dy,
    draw,
    run: async given => {
      const named = Object.fromEntries(given.map((value, i) => [`x${i}`, value]))
      const outputs = await run({ ...feeds, ...named, dy })
      return { y: outputs['y']!, gradients: given.map((_, i) => outputs[`d${i}`]!) }
    },
  }
}

function buildBoth({ inputs, build }: GradientProblem): { graph: Graph; y: Tensor } {
  const graph = new Graph()
  const tensors = inputs.map(({ shape, dims }, i) => graph.input(`x${i}`, 'float32', dims ?? shape))
  const y = build(tensors, graph)
  graph.output('y', y)
  const seeds = new Map([[y, graph.input('dy', 'float32', y.shape)]])
  for (const [i, gradient] of gradients(graph, seeds, tensors).entries()) graph.output(`d${i}`, gradient!)
  return { graph, y }
}
