/** A thread that does its share of AdamW's blocks, over memory that it has in common with the others. */
import { parentPort, workerData } from 'node:worker_threads'
import { type AdamPart, type AdamStep, sumOfSquares, updatePart } from '../optim/index.ts'

/** `norm` is answered with the sum of squares of each block's gradient, a step with nothing. */
export type Task = { readonly kind: 'norm' } | { readonly kind: 'step'; readonly step: AdamStep }

const blocks = workerData as readonly AdamPart[]

parentPort?.on('message', (task: Task) => {
  if (task.kind === 'norm') {
    parentPort?.postMessage(blocks.map(({ gradient }) => sumOfSquares(gradient)))
    return
  }
  for (const block of blocks) updatePart(block, task.step)
  parentPort?.postMessage(undefined)
})
