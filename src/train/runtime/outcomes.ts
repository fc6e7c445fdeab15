import { OUTCOME_COLUMNS } from '../graph/index.ts'
import type { TargetOutcomes } from '../trainable-model.ts'

/** What a training graph's outcomes say of each target, row by row; none where there was no target. */
export function toOutcomes(outcomes: Float32Array = new Float32Array()): TargetOutcomes {
  const width = OUTCOME_COLUMNS.length
  const pick = (name: (typeof OUTCOME_COLUMNS)[number]): Float32Array => {
    const column = OUTCOME_COLUMNS.indexOf(name)
    return Float32Array.from({ length: outcomes.length / width }, (_, m) => outcomes[m * width + column]!)
  }
  return {
    nll: pick('nll'),
    entropy: pick('entropy'),
    correct: Uint8Array.from(pick('correct')),
    loss: pick('loss'),
  }
}
