export type StrategyName =
  | 'assistant'
  | 'completion'
  | 'all'
  | 'generation-marks'
  | 'response-template'
  | 'responses-only'
  | 'prompt-ids'
  | 'prompt-diff'
  | 'dummy-diff'

/** How a mask is chosen. Names are TRL's or Axolotl's, in camelCase. */
export interface MaskOptions {
  /** Default: `assistant` for conversations, `completion` for prompt-completion rows, `all` for plain text. */
  readonly strategy?: StrategyName
  /** Roles whose messages are trained (Axolotl's `roles_to_train`). Default `['assistant']`. */
  readonly roles?: readonly string[]
  /** `last` trains the last chosen message only (LLaMA-Factory's `mask_history`). Default `all`. */
  readonly turns?: 'all' | 'last'
  /** Whether the stop token that ends a chosen turn is trained: of each, of the last, of none (Axolotl's `train_on_eot`). Default `turn`. */
  readonly trainOnEot?: 'turn' | 'last' | 'none'
  /** Sources inside an answer that are not trained. */
  readonly mask?: readonly MaskedOutSource[]
  /**
   * One example for each answer, rendered as at inference, with that answer alone trained. `auto` (the default): for conversations whose
   * template writes some prompt or answer differently once later turns exist.
   */
  readonly unroll?: 'auto' | 'always' | 'never'
  /** For `response-template`: what stands before an answer, as text or ids. */
  readonly responseTemplate?: string | readonly number[]
  /** For `response-template` and `responses-only`: what stands before a question. */
  readonly instructionTemplate?: string | readonly number[]
}

export type MaskedOutSource = 'content' | 'reasoning' | 'tool_calls'
