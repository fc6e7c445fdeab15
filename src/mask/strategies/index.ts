import { LosslineError, quote } from '../../error.ts'
import type { StrategyName } from '../options.ts'
import { all } from './all.ts'
import { assistant } from './assistant.ts'
import { completion } from './completion.ts'
import { dummyDiff } from './dummy-diff.ts'
import { generationMarks } from './generation-marks.ts'
import { promptDiff } from './prompt-diff.ts'
import { promptIds } from './prompt-ids.ts'
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
  'prompt-ids': promptIds,
  'prompt-diff': promptDiff,
  'dummy-diff': dummyDiff,
}

/** @throws LosslineError `mask/option` for a name that there is not */
export function getStrategy(name: StrategyName): Strategy {
  if (Object.hasOwn(STRATEGIES, name)) return STRATEGIES[name]
  const names = Object.keys(STRATEGIES).join(', ')
  throw new LosslineError('mask/option', `There is no strategy ${quote(name)}; expected one of ${names}.`)
}
