import { all } from './all.ts'
import { assistant } from './assistant.ts'
import { completion } from './completion.ts'
import { generationMarks } from './generation-marks.ts'
import type { Strategy } from './strategy.ts'

export type StrategyName = 'assistant' | 'completion' | 'all' | 'generation-marks'

/** Every strategy there is, by name. */
export const STRATEGIES: { readonly [Name in StrategyName]: Strategy<Name> } = {
  assistant: assistant,
  completion: completion,
  all: all,
  'generation-marks': generationMarks,
}

export function getStrategy(name: StrategyName): Strategy {
  return STRATEGIES[name]
}
