import type { Example } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import {
  type MaskContext,
  type Masked,
  type MaskOptions,
  maskExample,
  type StrategyName,
} from '../mask/index.ts'

/** A row on one side of a comparison of templates: its examples, or why there are none. */
export type MaskedSide =
  | { readonly kind: 'masked'; readonly examples: readonly Masked[] }
  | { readonly kind: 'failed'; readonly error: LosslineError }

export interface SideOptions {
  readonly strategy: StrategyName
  readonly context: MaskContext
}

/**
 * A row under two templates. Where these make examples of different answers of it, both are asked for one rendering: else nothing could be
 * laid beside it.
 */
export function maskSides(
  example: Example,
  sides: readonly [SideOptions, SideOptions],
  options: MaskOptions,
): { readonly sides: readonly [MaskedSide, MaskedSide]; readonly isForced: boolean } {
  const maskAll = (unroll: MaskOptions['unroll']): readonly [MaskedSide, MaskedSide] => {
    const [first, second] = sides.map(side =>
      maskSide(example, side, unroll ? { ...options, unroll } : options),
    )
    return [first!, second!]
  }
  const masked = maskAll(undefined)
  const isForced = !isAligned(masked)
  return { sides: isForced ? maskAll('never') : masked, isForced }
}

function maskSide(example: Example, { strategy, context }: SideOptions, options: MaskOptions): MaskedSide {
  try {
    return { kind: 'masked', examples: maskExample(example, context, { ...options, strategy }) }
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    return { kind: 'failed', error }
  }
}

function isAligned([first, second]: readonly [MaskedSide, MaskedSide]): boolean {
  if (first.kind === 'failed' || second.kind === 'failed') return true
  return (
    first.examples.length === second.examples.length &&
    first.examples.every(({ turn }, e) => turn === second.examples[e]!.turn)
  )
}
