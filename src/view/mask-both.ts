import type { Example } from '../conversation/index.ts'
import { type Comparison, isSameTokens } from '../inspect/index.ts'
import {
  type MaskContext,
  type Masked,
  type MaskOptions,
  maskExample,
  type StrategyName,
} from '../mask/index.ts'

/** A row under two strategies, one comparison for each example. */
export interface MaskedBoth {
  readonly comparisons: readonly Comparison[]
  /** One of the strategies would have unrolled the row, and could not be compared so. */
  readonly isForced: boolean
}

/**
 * One row under two strategies. Strategies that don't unroll have one rendering only: then the others are compared in that one too.
 *
 * @throws LosslineError as `maskExample`
 */
export function maskBoth(
  example: Example,
  names: readonly [StrategyName, StrategyName],
  context: MaskContext,
  options: MaskOptions = {},
): MaskedBoth {
  const masksWith = (unroll: MaskOptions['unroll']): readonly [Masked[], Masked[]] => {
    const [first, second] = names.map(strategy =>
      maskExample(example, context, { ...options, strategy, ...(unroll !== undefined && { unroll }) }),
    )
    return [first!, second!]
  }
  let [first, second] = masksWith(options.unroll)
  const isAligned =
    first.length === second.length && first.every((masked, e) => isSameTokens(masked, second[e]!))
  if (!isAligned) [first, second] = masksWith('never')
  const comparisons = first.map((masked, e) => ({ names, masks: [masked, second[e]!] as const }))
  return { comparisons, isForced: !isAligned }
}
