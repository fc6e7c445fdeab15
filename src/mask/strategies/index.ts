import type { StrategyName } from '../options.ts'
import { all } from './all.ts'
import { assistant } from './assistant.ts'
import { completion } from './completion.ts'
import { generationMarks } from './generation-marks.ts'
import { responseTemplate } from './response-template.ts'
import { responsesOnly } from './responses-only.ts'
import type { Strategy } from './strategy.ts'

/** Every strategy there is, by name. */
export const STRATEGIES: { readonly [Name in StrategyName]: Strategy<Name> } = {
  assistant: assistant,
  completion: completion,
  all: all,
  'generation-marks': generationMarks,
  'response-template': responseTemplate,
  'responses-only': responsesOnly,
}

export function getStrategy(name: StrategyName): Strategy {
  return STRATEGIES[name]
}
