import type { Json } from '../json/index.ts'
import type { MaskOptions, StrategyName } from '../mask/index.ts'

/** Which template renders the rows. */
export type TemplateChoice =
  /** The model's own; of several, the one that fits the row. */
  | { readonly kind: 'model' }
  /** One of those that are at hand. */
  | { readonly kind: 'named'; readonly name: string }
  /** One that a person brought. */
  | { readonly kind: 'given'; readonly name: string; readonly source: string }

/** A second side that rows are compared on; what is undefined there is as on the first. */
export interface OtherSide {
  readonly strategy: StrategyName | undefined
  readonly template: TemplateChoice | undefined
}

/** What a person can change while looking. */
export interface ViewSettings {
  /** One of the models that are at hand; undefined: the first of them. */
  readonly tokenizer: string | undefined
  /** Without the strategy: the row's default. */
  readonly mask: MaskOptions
  readonly template: TemplateChoice
  /** Variables of the template. */
  readonly kwargs: Readonly<Record<string, Json>> | undefined
  readonly other: OtherSide | undefined
  /** Two columns also where both sides have the same tokens. */
  readonly isSideBySide: boolean
}

export const DEFAULT_SETTINGS: ViewSettings = {
  tokenizer: undefined,
  mask: {},
  template: { kind: 'model' },
  kwargs: undefined,
  other: undefined,
  isSideBySide: false,
}
