import { LosslineError, quote } from '../error.ts'
import { packBestFit, packBestFitSplit } from './best-fit.ts'
import type { Packs } from './packs.ts'
import { packWrapped } from './wrapped.ts'

/** TRL's names for `packing_strategy`. */
export type PackingStrategyName = 'bfd' | 'bfd_split' | 'wrapped'

/** A way to lay sequences into packs. */
export interface PackingStrategy<Name extends string = string> {
  readonly name: Name
  /** What it does, for help texts: a sentence without a full stop. */
  readonly summary: string
  /** Whether tokens beyond the length limit are lost. */
  readonly cuts: boolean
  /** @throws LosslineError `pack/max-length` */
  pack(lengths: ArrayLike<number>, maxLength: number): Packs
}

/** Every strategy there is, by name. */
export const PACKING_STRATEGIES: { readonly [Name in PackingStrategyName]: PackingStrategy<Name> } = {
  bfd: {
    name: 'bfd',
    summary: 'best fit, longest first; what is too long is cut',
    cuts: true,
    pack: packBestFit,
  },
  bfd_split: {
    name: 'bfd_split',
    summary: 'best fit, longest first; what is too long is split',
    cuts: false,
    pack: packBestFitSplit,
  },
  wrapped: {
    name: 'wrapped',
    summary: 'end to end, cut where a pack is full',
    cuts: false,
    pack: packWrapped,
  },
}

/** @throws LosslineError `pack/strategy` for a name that there is not */
export function getPackingStrategy(name: string): PackingStrategy {
  if (Object.hasOwn(PACKING_STRATEGIES, name)) return PACKING_STRATEGIES[name as PackingStrategyName]
  const names = Object.keys(PACKING_STRATEGIES).join(', ')
  throw new LosslineError(
    'pack/strategy',
    `There is no packing strategy ${quote(name)}; expected one of ${names}.`,
    { fix: 'Choose one with {packing_strategy}.' },
  )
}
