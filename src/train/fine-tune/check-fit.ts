import { IGNORE_INDEX } from '../../mask/index.ts'
import type { SFTConfig } from '../config/index.ts'
import type { ExampleSet } from '../data/index.ts'
import { checkMemory, type MemoryEstimate, type MemoryOptions } from '../memory/index.ts'
import type { OptimizerName } from '../optim/index.ts'

/** What an optimizer keeps for each number, in bytes: AdamW two float32, Adafactor next to nothing, SGD one float32 with momentum. */
const OPTIMIZER_BYTES: Readonly<Record<OptimizerName, (config: SFTConfig) => number>> = {
  adamw_torch: () => 8,
  adamw_torch_fused: () => 8,
  adafactor: () => 1,
  // It takes no other argument.
  sgd: ({ optimArgs }) => (optimArgs === undefined ? 0 : 4),
}

/**
 * Whether a training fits into the memory that is free, with its largest batch: as many examples as one has, each as long as the longest
 * ones, with as many trained tokens as any.
 *
 * @throws LosslineError `train/memory`
 */
export function checkFit(
  folder: string,
  config: SFTConfig,
  set: ExampleSet,
  parts: Pick<MemoryOptions, 'trained' | 'quantization'>,
): MemoryEstimate {
  const { perDeviceTrainBatchSize, gradientAccumulationSteps, gradientCheckpointing, optim } = config
  return checkMemory(folder, {
    ...parts,
    gradientCheckpointing,
    tokens: sumLargest(set.lengths, perDeviceTrainBatchSize),
    targets: sumLargest(countTargets(set), perDeviceTrainBatchSize),
    longestSequence: (set.rows.seqLengths?.values ?? set.lengths).reduce((a, b) => Math.max(a, b), 0),
    accumulates: gradientAccumulationSteps > 1,
    optimizerBytes: OPTIMIZER_BYTES[optim](config),
  })
}

/** Trained tokens of each example; one may be the first of its sequence, which is no target. */
function countTargets({ rows: { labels, offsets }, exampleCount }: ExampleSet): Int32Array {
  const counts = new Int32Array(exampleCount)
  for (let e = 0; e < exampleCount; e++) {
    for (let t = offsets[e]!; t < offsets[e + 1]!; t++) if (labels[t] !== IGNORE_INDEX) counts[e]!++
  }
  return counts
}

function sumLargest(counts: Int32Array, limit: number): number {
  return counts
    .toSorted()
    .subarray(-limit)
    .reduce((sum, count) => sum + count, 0)
}
