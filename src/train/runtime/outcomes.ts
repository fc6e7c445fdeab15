import type { TargetOutcomes } from '../trainable-model.ts'

/** What a training graph's outputs say of each target; nothing, where there was none. */
export function toOutcomes(outputs: Readonly<Record<string, Float32Array>>): TargetOutcomes {
  const {
    nll = new Float32Array(),
    entropy = new Float32Array(),
    correct = new Float32Array(),
    loss,
  } = outputs
  return { nll, entropy, correct: Uint8Array.from(correct), ...(loss !== undefined && { loss }) }
}
