import type { StrategyName } from '../../mask/index.ts'
import type { FoundMarkers, ViewSettings } from '../../view/index.ts'
import type { StrategyFacts } from './messages.ts'

export type Mask = ViewSettings['mask']

/** Options that some strategy in use reads. */
export function readBy(
  strategies: readonly StrategyFacts[],
  mask: Mask,
  other: StrategyName | undefined,
): Set<string> {
  // Rows of several kinds may be there: without a name, these are what they get.
  const names = [mask.strategy ?? 'assistant', other]
  return new Set(
    strategies.filter(({ name }) => names.includes(name as StrategyName)).flatMap(({ reads }) => reads),
  )
}

/** Options that the chosen strategies do not read go with the choice. */
export function keepRead(
  mask: { readonly [Name in keyof Mask]: Mask[Name] | undefined },
  strategies: readonly StrategyFacts[],
  other: StrategyName | undefined,
): Mask {
  const reads = readBy(strategies, dropUndefined(mask), other)
  const kept = Object.entries(mask).filter(([name]) => name === 'strategy' || reads.has(name))
  return dropUndefined(Object.fromEntries(kept))
}

export function dropUndefined(mask: { readonly [Name in keyof Mask]: Mask[Name] | undefined }): Mask {
  return Object.fromEntries(Object.entries(mask).filter(([, value]) => value !== undefined))
}

/** Markers that the chosen strategies search for and nobody gave, as the template shows them. */
export async function addMarkers(
  mask: Mask,
  strategies: readonly StrategyFacts[],
  other: StrategyName | undefined,
  findMarkers: () => Promise<FoundMarkers>,
): Promise<Mask> {
  const isAsked =
    readBy(strategies, mask, other).has('responseTemplate') && mask.responseTemplate === undefined
  if (!isAsked) return mask
  const { response, instruction } = await findMarkers()
  return dropUndefined({ instructionTemplate: instruction, ...mask, responseTemplate: response })
}
