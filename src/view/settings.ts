import type { Json } from '../json/index.ts'
import type { MaskOptions, StrategyName } from '../mask/index.ts'

/** What a person can change while looking. */
export interface ViewSettings {
  /** Without the strategy: the row's default. */
  readonly mask: MaskOptions
  /** A second strategy, shown beside the first. */
  readonly compare: StrategyName | undefined
  /** Source of a template in place of the model's own. */
  readonly template: string | undefined
  /** Variables of the template. */
  readonly kwargs: Readonly<Record<string, Json>> | undefined
}

export const DEFAULT_SETTINGS: ViewSettings = {
  mask: {},
  compare: undefined,
  template: undefined,
  kwargs: undefined,
}
