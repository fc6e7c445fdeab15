import { createHash } from 'node:crypto'
import type { ExampleSet } from './example-set.ts'

/** The SHA-256 of what is trained on, in hex: ids, labels, weights, and where each example and sequence begins. */
export function hashExamples({ rows }: ExampleSet): string {
  const hash = createHash('sha256')
  for (const column of [
    rows.inputIds,
    rows.labels,
    rows.lossWeights,
    rows.offsets,
    rows.seqLengths?.values,
  ]) {
    hash.update(`${column?.length};`)
    if (column !== undefined) hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
  }
  return hash.digest('hex')
}
