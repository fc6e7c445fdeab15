import { type Dtype, type Graph, listNodes, type Tensor } from '../graph/index.ts'
import { toExecutionOrder } from './execution-order.ts'
import { planBuffers } from './plan-buffers.ts'

/** Bits of an element. */
const BITS: Readonly<Record<Dtype, number>> = {
  float32: 32,
  uint8: 8,
  int8: 8,
  int32: 32,
  int64: 64,
  bool: 8,
  float16: 16,
  bfloat16: 16,
  uint4: 4,
  int4: 4,
}

/**
 * The most bytes that a graph's values take at once while ONNX Runtime runs it; what is given out stays to the end. What is fed in and what
 * is stored is not counted.
 *
 * @param sizeOf the size of a dimension that is known by name
 */
export function findPeakBytes(graph: Graph, sizeOf: (dim: string) => number): number {
  const nodes = toExecutionOrder(listNodes(graph))
  const changes = new Float64Array(nodes.length + 1)
  const outputs = new Set(graph.outputs.values())
  for (const [step, { outputs: made }] of nodes.entries())
    for (const value of made) if (outputs.has(value)) changes[step]! += countBytes(value, sizeOf)
  for (const { value, firstStep, lastStep } of planBuffers(nodes, outputs)) {
    const bytes = countBytes(value, sizeOf)
    changes[firstStep]! += bytes
    changes[lastStep + 1]! -= bytes
  }
  let live = 0
  let peak = 0
  for (const change of changes) {
    live += change
    peak = Math.max(peak, live)
  }
  return peak
}

/** Names of dimensions may be products: `3*tokens`. */
function countBytes({ dtype, shape }: Tensor, sizeOf: (dim: string) => number): number {
  const factors = shape.flatMap(dim => String(dim).split('*'))
  const count = factors.reduce(
    (product, factor) => product * (/^\d+$/.test(factor) ? Number(factor) : sizeOf(factor)),
    1,
  )
  return Math.ceil((count * BITS[dtype]) / 8)
}
