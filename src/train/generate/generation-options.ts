import { LosslineError } from '../../error.ts'
import type { JsonObject } from '../../json/index.ts'

/** How the next token is chosen, under transformers' names. */
export interface GenerationOptions {
  /** Tokens, the one that ends the answer with them. */
  readonly maxNewTokens: number
  /** false: the likeliest token, always. */
  readonly doSample: boolean
  /** Logits are divided by it; only when sampling, as the next two. */
  readonly temperature: number
  /** Only the likeliest are drawn from; 0: from all. */
  readonly topK: number
  /** Only the likeliest whose probabilities reach this together are drawn from. */
  readonly topP: number
  /** What has been there already, in the prompt too, is made less likely by it; 1: not. */
  readonly repetitionPenalty: number
  readonly seed: number
}

/** transformers' defaults, but for `max_new_tokens`, which is 20 there: too few to see whether an answer ends. */
export const GENERATION_DEFAULTS: GenerationOptions = {
  maxNewTokens: 256,
  doSample: false,
  temperature: 1,
  topK: 50,
  topP: 1,
  repetitionPenalty: 1,
  seed: 42,
}

interface Bounds {
  readonly expected: string
  readonly accepts: (value: number) => boolean
}

const BOUNDS: Readonly<Partial<Record<keyof GenerationOptions, Bounds>>> = {
  maxNewTokens: { expected: 'a whole number, from 1', accepts: n => Number.isInteger(n) && n >= 1 },
  temperature: { expected: 'a number above 0', accepts: x => x > 0 },
  topK: { expected: 'a whole number, from 0', accepts: n => Number.isInteger(n) && n >= 0 },
  topP: { expected: 'a number above 0, up to 1', accepts: x => x > 0 && x <= 1 },
  repetitionPenalty: { expected: 'a number above 0', accepts: x => x > 0 },
}

/**
 * What is given, else what the model's generation_config.json says, else the defaults: as transformers' `generate` has it.
 *
 * @param config undefined where the model has none
 * @throws LosslineError `generate/option`
 */
export function settleGeneration(
  given: Partial<GenerationOptions>,
  config: JsonObject | undefined,
): GenerationOptions {
  const options = { ...GENERATION_DEFAULTS, ...readGenerationConfig(config), ...given }
  for (const [name, bounds] of Object.entries(BOUNDS)) {
    const value = options[name as keyof GenerationOptions] as number
    if (bounds.accepts(value)) continue
    const where = name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
    throw new LosslineError('generate/option', `is ${value}; expected ${bounds.expected}`, { where })
  }
  return options
}

function readGenerationConfig(config: JsonObject | undefined): Partial<GenerationOptions> {
  const number = (key: string): number | undefined => {
    const value = config?.[key]
    return typeof value === 'number' ? value : undefined
  }
  const found = {
    maxNewTokens: number('max_new_tokens'),
    doSample: config?.['do_sample'] === true ? true : undefined,
    temperature: number('temperature'),
    topK: number('top_k'),
    topP: number('top_p'),
    repetitionPenalty: number('repetition_penalty'),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}
