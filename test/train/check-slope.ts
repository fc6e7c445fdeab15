import assert from 'node:assert/strict'
import { gradients } from '../../src/train/graph/gradients.ts'
import { Graph } from '../../src/train/graph/graph.ts'
import { type Shape, sizeOf, type Tensor } from '../../src/train/graph/tensor.ts'
import { random } from '../random.ts'
import { type GraphRunner, openGraph, type Value } from './run-graph.ts'

interface SlopeOptions {
  /** The float inputs; `dims` where they have names in the graph. */
  readonly inputs: readonly { readonly shape: readonly number[]; readonly dims?: Shape }[]
  readonly build: (inputs: readonly Tensor[], graph: Graph) => Tensor
  /** Inputs lie between these; [-1, 1] by default. */
  readonly range?: readonly [number, number]
  /** Inputs of other kinds, which `build` declares. */
  readonly feeds?: Readonly<Record<string, Value>>
  /** The sizes that have names. */
  readonly dims?: Readonly<Record<string, number>>
  readonly seed: number
}

const STEP = 1e-2

/** Holds a gradient to the slope of what it is the gradient of, along a random direction from random inputs. */
export async function checkSlope(options: SlopeOptions): Promise<void> {
  const { inputs, range = [-1, 1], feeds = {}, dims = {} } = options
  const next = random(options.seed)
  const fill = (shape: readonly number[], [low, high]: readonly [number, number]): Value => ({
    shape,
    data: Float32Array.from({ length: sizeOf(shape) }, () => low + ((high - low) * next(1e6)) / 1e6),
  })
  const { graph, y } = buildBoth(options)
  const run = await openGraph(graph)
  // A random factor for each number of y: a loss without symmetries.
  const dy = fill(
    y.shape.map(dim => (typeof dim === 'number' ? dim : dims[dim]!)),
    [-1, 1],
  )
  const values = inputs.map(({ shape }) => fill(shape, range))
  const directions = inputs.map(({ shape }) => fill(shape, [-1, 1]))
  const runAt = (step: number): ReturnType<GraphRunner> => {
    const moved = values.map(({ data, shape }, i) => [
      `x${i}`,
      { shape, data: shift(data, directions[i]!.data, step) },
    ])
    return run({ ...feeds, ...Object.fromEntries(moved), dy })
  }
  const [before, here, after] = [await runAt(-STEP), await runAt(0), await runAt(STEP)]
  const slope = (dot(after['y']!, dy.data) - dot(before['y']!, dy.data)) / (2 * STEP)
  const expected = directions.reduce((sum, { data }, i) => sum + dot(here[`d${i}`]!, data), 0)
  const scale = Math.max(1, ...inputs.flatMap((_, i) => [...here[`d${i}`]!.map(Math.abs)]))
  assert.ok(Math.abs(slope - expected) < 5e-3 * scale, `the slope is ${slope}, not ${expected}`)
}

function buildBoth({ inputs, build }: SlopeOptions): { graph: Graph; y: Tensor } {
  const graph = new Graph()
  const tensors = inputs.map(({ shape, dims }, i) => graph.input(`x${i}`, 'float32', dims ?? shape))
  const y = build(tensors, graph)
  graph.output('y', y)
  const seeds = new Map([[y, graph.input('dy', 'float32', y.shape)]])
  for (const [i, gradient] of gradients(graph, seeds, tensors).entries()) graph.output(`d${i}`, gradient!)
  return { graph, y }
}

function shift(values: Value['data'], direction: Value['data'], step: number): Float32Array {
  return Float32Array.from(values as Float32Array, (value, i) => value + step * Number(direction[i]))
}

function dot(a: Float32Array, b: Value['data']): number {
  return a.reduce((sum, value, i) => sum + value * Number(b[i]), 0)
}
