import { LosslineError } from '../../error.ts'
import { type ExampleSet, layBatch } from '../data/index.ts'
import { clipScale, gradientNorm, type Optimizer } from '../optim/index.ts'
import type { StepOutcome } from '../progress/index.ts'
import type { TrainableModel } from '../trainable-model.ts'
import { TokenSums } from './token-sums.ts'

export interface StepInput {
  readonly model: TrainableModel
  readonly optimizer: Optimizer
  readonly set: ExampleSet
  /** Indexes of the examples of each batch. */
  readonly batches: readonly Int32Array[]
  readonly learningRate: number
  readonly maxGradNorm: number
  /** Of the first batch; the others count on from it. */
  readonly noiseSeed: number
}

/**
 * One optimizer step over some batches. The loss is the mean over the trained tokens of them all, never a mean of means.
 *
 * Weights are changed last, when the loss and the gradient are known to be numbers.
 *
 * @throws LosslineError `train/not-finite`
 */
export async function trainStep(input: StepInput): Promise<StepOutcome> {
  const { model, optimizer, set, learningRate, maxGradNorm } = input
  const laid = input.batches.map((examples, b) => layBatch(set, examples, input.noiseSeed + b))
  const trainedTokens = laid.reduce((sum, { targetTokens }) => sum + targetTokens.length, 0)
  const outcome = { loss: 0, entropy: 0, accuracy: 0 }
  model.zeroGradients()
  for (const [b, { batch }] of laid.entries()) {
    // Nothing to learn from: TRL counts such a batch with zeros.
    if (batch.targets.length === 0) continue
    const outcomes = await model.accumulate(batch, trainedTokens)
    const sums = new TokenSums()
    for (const [m, weight] of batch.targetWeights.entries()) sums.add(outcomes, m, weight)
    if (!Number.isFinite(sums.weightedLoss))
      throw notFinite('loss', sums.weightedLoss, input.batches[b]!, set)
    const { entropy, accuracy } = sums.toMeans()
    outcome.loss += sums.weightedLoss / trainedTokens
    outcome.entropy += entropy
    outcome.accuracy += accuracy
  }
  const gradNorm = (await optimizer.gradientNorm?.()) ?? gradientNorm(model.parameters)
  if (!Number.isFinite(gradNorm)) throw notFinite('gradient', gradNorm, concat(input.batches), set)
  await optimizer.step(learningRate, clipScale(gradNorm, maxGradNorm))
  return { ...outcome, gradNorm, tokens: laid.reduce((sum, { batch }) => sum + batch.inputIds.length, 0) }
}

function notFinite(what: string, value: number, examples: Int32Array, set: ExampleSet): LosslineError {
  const names = Array.from(examples.subarray(0, NAMED), e => set.describe?.(e) ?? `example ${e}`)
  const more = examples.length > NAMED ? ` and ${examples.length - NAMED} more` : ''
  return new LosslineError('train/not-finite', `the ${what} is ${value} on ${joinNames(names)}${more}`, {
    fix: 'Lower {learning_rate}, or look at these rows; nothing that was saved is changed.',
  })
}

const NAMED = 8

/** `a row 1, a row 2, b row 1` as `a rows 1, 2, b row 1`. */
function joinNames(names: readonly string[]): string {
  const byPlace = new Map<string, string[]>()
  for (const name of names) {
    const [, place = '', number = ''] = /^(.*) (\d+)$/s.exec(name) ?? [name, name]
    byPlace.set(place, [...(byPlace.get(place) ?? []), number])
  }
  return [...byPlace]
    .map(([place, numbers]) => `${place}${numbers.length > 1 ? 's' : ''} ${numbers.join(', ')}`.trimEnd())
    .join(', ')
}

function concat(batches: readonly Int32Array[]): Int32Array {
  return Int32Array.from(batches.flatMap(examples => [...examples]))
}
