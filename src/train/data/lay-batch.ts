import { IGNORE_INDEX } from '../../mask/index.ts'
import type { TrainBatch } from '../trainable-model.ts'
import type { ExampleSet } from './example-set.ts'

export interface LaidBatch {
  readonly batch: TrainBatch
  /** Int32Array[m]: of each target, its token in the set. */
  readonly targetTokens: Int32Array
}

/**
 * Lays examples end to end. Each sequence counts its positions from 0 and sees itself alone, so the numbers are those of a padded batch.
 *
 * The first token of a sequence is never a target: nothing stands before it that could predict it.
 *
 * @param examples indexes into the set
 */
export function layBatch(set: ExampleSet, examples: Int32Array, noiseSeed = 0): LaidBatch {
  const { inputIds, labels, lossWeights, offsets } = set.rows
  const n = examples.reduce((sum, e) => sum + set.lengths[e]!, 0)
  const batch = {
    inputIds: new Int32Array(n),
    positionIds: new Int32Array(n),
    sequenceIds: new Int32Array(n),
  }
  const targetPositions = new Int32Array(n)
  const targetTokens = new Int32Array(n)
  let at = 0
  let m = 0
  let sequence = 0
  for (const e of examples) {
    let token = offsets[e]!
    for (const length of sequenceLengths(set, e)) {
      batch.inputIds.set(inputIds.subarray(token, token + length), at)
      batch.sequenceIds.fill(sequence++, at, at + length)
      for (let t = 0; t < length; t++, token++) {
        batch.positionIds[at + t] = t
        const isTrained = labels[token] !== IGNORE_INDEX && lossWeights?.[token] !== 0
        if (t === 0 || !isTrained) continue
        targetPositions[m] = at + t - 1
        targetTokens[m++] = token
      }
      at += length
    }
  }
  const tokens = targetTokens.slice(0, m)
  return {
    batch: {
      ...batch,
      targetPositions: targetPositions.slice(0, m),
      targets: tokens.map(token => labels[token]!),
      targetWeights: Float32Array.from(tokens, token => lossWeights?.[token] ?? 1),
      noiseSeed,
    },
    targetTokens: tokens,
  }
}

function sequenceLengths({ rows: { seqLengths }, lengths }: ExampleSet, example: number): Int32Array {
  if (seqLengths === undefined) return lengths.subarray(example, example + 1)
  return seqLengths.values.subarray(seqLengths.offsets[example]!, seqLengths.offsets[example + 1]!)
}
