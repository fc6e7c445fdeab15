/** A thread that does AdamW for its share of the parameters, whose arrays come and go back with each task. */
import { parentPort, workerData } from 'node:worker_threads'
import { type AdamMeans, type AdamStep, sumsOfSquares, updatePart } from '../optim/index.ts'

/** The arrays of a parameter. */
export interface Arrays {
  readonly data: Float32Array<ArrayBuffer>
  readonly gradient: Float32Array<ArrayBuffer>
}

/** `norm` is answered with the sums of squares of each parameter's gradient, block by block. */
export type Task = ({ readonly kind: 'norm' } | { readonly kind: 'step'; readonly step: AdamStep }) & {
  readonly arrays: readonly Arrays[]
}

export interface Done {
  readonly arrays: readonly Arrays[]
  readonly sums: readonly (readonly number[])[]
}

const means = workerData as readonly AdamMeans[]

parentPort?.on('message', (task: Task) => {
  const { arrays } = task
  const sums = task.kind === 'norm' ? arrays.map(({ gradient }) => sumsOfSquares(gradient)) : []
  if (task.kind === 'step')
    for (const [p, { data, gradient }] of arrays.entries())
      updatePart({ data, gradient, ...means[p]! }, task.step)
  const done: Done = { arrays, sums }
  parentPort?.postMessage(done, listArrays(arrays))
})

function listArrays(arrays: readonly Arrays[]): ArrayBuffer[] {
  return arrays.flatMap(({ data, gradient }) => [data.buffer, gradient.buffer])
}
