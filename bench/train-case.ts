/** What bench/train.ts and the processes that it starts train, and on what. */
import { type Linear, listLinears, type ModelDescription } from '../src/train/model/index.ts'
import type { Trained, TrainedAdapter } from '../src/train/runtime/index.ts'
import type { TrainBatch } from '../src/train/trainable-model.ts'

export const RANK = 16
export const VOCABULARY = 49_152

/** Tokens of eight conversations, from short to long as in a thousand of Alpaca's in SmolLM2's chat format: the middle one of each eighth. */
export const REAL_LENGTHS: readonly number[] = [58, 70, 90, 136, 186, 258, 342, 432]

/** A batch as trainers give it, not padded. */
export interface StepRequest {
  readonly ids: readonly (readonly number[])[]
  readonly labels: readonly (readonly number[])[]
}

/** Seconds, megabytes of the process so far, and GFLOP a second of a product of 1024 × 1024 matrices right after the step. */
export interface StepAnswer {
  readonly wall: number
  readonly cpu: number
  readonly loss: number
  readonly peak: number
  readonly gflops: number
}

/**
 * Random ids, of which a share is trained: the first of every ten tokens.
 *
 * @param padTo fills each row to so many tokens, which are not trained
 */
export function toRequest(lengths: readonly number[], trainedShare: number, padTo = 0): StepRequest {
  const next = toRandom()
  const ids = lengths.map(length => Array.from({ length }, () => Math.floor(next() * VOCABULARY)))
  const labels = ids.map(row => row.map((id, t) => (t % 10 < 10 * trainedShare ? id : -100)))
  const pad = (row: number[], value: number): number[] => [
    ...row,
    ...Array<number>(Math.max(0, padTo - row.length)).fill(value),
  ]
  return { ids: ids.map(row => pad(row, 0)), labels: labels.map(row => pad(row, -100)) }
}

/** Sequences laid end to end. */
export function toBatch({ ids, labels }: StepRequest): TrainBatch {
  const positions = ids.flatMap(row => row.map((_, position) => position))
  const sequences = ids.flatMap((row, sequence) => row.map(() => sequence))
  const next = labels.flatMap(row => [...row.slice(1), -100])
  const targetPositions = Int32Array.from(next.flatMap((label, t) => (label === -100 ? [] : [t])))
  return {
    inputIds: Int32Array.from(ids.flat()),
    positionIds: Int32Array.from(positions),
    sequenceIds: Int32Array.from(sequences),
    targetPositions,
    targets: targetPositions.map(t => next[t]!),
    targetWeights: new Float32Array(targetPositions.length).fill(1),
  }
}

/** An adapter on every linear layer; B is 0, as PEFT begins. */
export function toAdapters(model: ModelDescription): Trained {
  const part = (name: string, shape: readonly [number, number], size: number): TrainedAdapter['up'] => ({
    name,
    shape,
    // Numbers without a pattern; which ones is no matter for the time.
    data: Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => size * Math.sin(i * i)),
  })
  const toAdapter = ({ module, inSize, outSize }: Linear): TrainedAdapter => ({
    module,
    down: part(`${module}.lora_A`, [RANK, inSize], 0.05),
    up: part(`${module}.lora_B`, [outSize, RANK], 0),
    scaling: 2,
    dropout: 0,
  })
  return { kind: 'adapters', adapters: listLinears(model).map(toAdapter) }
}

/** Numbers from 0 to 1, the same in each run (a linear congruential generator). */
export function toRandom(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
