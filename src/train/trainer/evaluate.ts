import { type ExampleSet, layBatch, type Origin } from '../data/index.ts'
import type { EvaluatedGroup, Metrics } from '../logs/index.ts'
import type { TrainableModel } from '../trainable-model.ts'
import { TokenSums } from './token-sums.ts'

export interface Evaluated {
  /**
   * What TRL logs: `eval_loss` is the mean over examples of the mean loss of their batch, `eval_entropy` and `eval_mean_token_accuracy` are
   * means over batches of means over tokens; `eval_runtime` (seconds) and its like.
   */
  readonly metrics: Metrics
  /** Means over trained tokens alike; none where origins are not known. */
  readonly groups: readonly EvaluatedGroup[]
}

/** What {@link evaluate} measures, and what the trainer counts beside it. */
export const EVALUATION_METRICS: readonly string[] = [
  'eval_loss',
  'eval_runtime',
  'eval_samples_per_second',
  'eval_steps_per_second',
  'eval_entropy',
  'eval_mean_token_accuracy',
  'eval_num_tokens',
]

/** Goes through an evaluation set once, in order. */
export async function evaluate(
  model: Pick<TrainableModel, 'evaluate'>,
  set: ExampleSet,
  batchSize: number,
): Promise<Evaluated> {
  const started = performance.now()
  const groups = new Groups()
  const batches = Math.ceil(set.exampleCount / batchSize)
  const sums = { loss: 0, entropy: 0, accuracy: 0 }
  for (let start = 0; start < set.exampleCount; start += batchSize) {
    const count = Math.min(batchSize, set.exampleCount - start)
    const { batch, targetTokens } = layBatch(
      set,
      Int32Array.from({ length: count }, (_, i) => start + i),
    )
    if (targetTokens.length === 0) continue
    const outcomes = await model.evaluate(batch)
    const ofBatch = new TokenSums()
    for (const [m, token] of targetTokens.entries()) {
      ofBatch.add(outcomes, m, batch.targetWeights[m]!)
      if (set.origins !== undefined) groups.of(set.origins.codes[token]!).add(outcomes, m, 1)
    }
    const { loss, entropy, accuracy } = ofBatch.toMeans()
    sums.loss += loss * count
    sums.entropy += entropy
    sums.accuracy += accuracy
  }
  const seconds = (performance.now() - started) / 1000
  return {
    metrics: {
      eval_loss: sums.loss / set.exampleCount,
      eval_runtime: seconds,
      eval_samples_per_second: set.exampleCount / seconds,
      eval_steps_per_second: batches / seconds,
      eval_entropy: sums.entropy / batches,
      eval_mean_token_accuracy: sums.accuracy / batches,
    },
    groups: groups.list(set.origins?.table ?? []),
  }
}

/** Sums by origin while evaluating, by role, turn and source in the end: there are few origins. */
class Groups {
  readonly #sums = new Map<number, TokenSums>()

  of(origin: number): TokenSums {
    return sumsOf(this.#sums, origin)
  }

  list(origins: readonly Origin[]): EvaluatedGroup[] {
    return (['role', 'turn', 'source'] as const).flatMap(by => {
      const named = new Map<string | number, TokenSums>()
      for (const [code, sums] of this.#sums) {
        const name = origins[code]![by]
        if (name !== undefined) sumsOf(named, name).merge(sums)
      }
      const sorted = [...named].sort(([a], [b]) => (a < b ? -1 : 1))
      return sorted.map(([name, sums]) => toGroup(by, String(name), sums))
    })
  }
}

function toGroup(by: EvaluatedGroup['by'], name: string, sums: TokenSums): EvaluatedGroup {
  const { nll, entropy, accuracy } = sums.toMeans()
  return { by, name, tokens: sums.tokens, loss: nll, accuracy, entropy }
}

function sumsOf<Key>(sums: Map<Key, TokenSums>, key: Key): TokenSums {
  const found = sums.get(key) ?? new TokenSums()
  sums.set(key, found)
  return found
}
