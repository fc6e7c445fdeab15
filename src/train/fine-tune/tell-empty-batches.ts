import { countEmptyBatches, describeEmptyBatches } from '../../lint/index.ts'
import { IGNORE_INDEX } from '../../mask/index.ts'
import type { SFTConfig } from '../config/index.ts'
import type { ExampleSet } from '../data/index.ts'

/** Tells that batches of an evaluation have nothing to evaluate: what rows of other tools, and packs that cut answers, may have. */
export function tellEmptyBatches(
  { exampleCount, rows }: ExampleSet,
  { perDeviceEvalBatchSize: batchSize }: Pick<SFTConfig, 'perDeviceEvalBatchSize'>,
  notice: ((text: string) => void) | undefined,
): void {
  const isEmpty = (row: number): boolean =>
    rows.labels.subarray(rows.offsets[row], rows.offsets[row + 1]).every(label => label === IGNORE_INDEX)
  const { batches } = countEmptyBatches(isEmpty, exampleCount, batchSize)
  if (batches === 0) return
  notice?.(
    `evaluation: ${describeEmptyBatches(batches, exampleCount, batchSize)} ${batches === 1 ? 'It counts' : 'They count'} as a loss of 0. (zero-token-eval-batch)`,
  )
}
