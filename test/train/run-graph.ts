/** Runs a graph in this thread, for tests of graphs. */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import type { Graph } from '../../src/train/graph/graph.ts'
import { toOnnx, usedInputs } from '../../src/train/graph/onnx.ts'

export interface Value {
  readonly data: Float32Array | BigInt64Array
  readonly shape: readonly number[]
}

/** A graph's outputs for some inputs; inputs that the graph doesn't need may be given too. */
export type GraphRunner = (feeds: Readonly<Record<string, Value>>) => Promise<Record<string, Float32Array>>

export async function openGraph(graph: Graph): Promise<GraphRunner> {
  const session = await InferenceSession.create(toOnnx(graph), {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
  })
  const used = usedInputs(graph).map(({ name }) => name)
  return async feeds => {
    const tensors = used.map(name => {
      const { data, shape } = feeds[name]!
      const tensor =
        data instanceof Float32Array
          ? new OrtTensor('float32', data, shape)
          : new OrtTensor('int64', data, shape)
      return [name, tensor] as const
    })
    const outputs = await session.run(Object.fromEntries(tensors))
    return Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [
        name,
        Float32Array.from(tensor.data as Float32Array, Number),
      ]),
    )
  }
}
