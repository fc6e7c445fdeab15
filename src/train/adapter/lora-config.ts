import { LosslineError, quote } from '../../error.ts'

/** How an adapter is laid on a model. Names, meanings and defaults are those of PEFT's `LoraConfig`. */
export interface LoraConfig {
  /** Rank of the update of each weight. */
  readonly r: number
  /** The update is scaled by `loraAlpha / r`, or by `loraAlpha / √r` with `useRslora`. */
  readonly loraAlpha: number
  readonly loraDropout: number
  /** Names or ends of names; a regular expression over whole names; `all-linear`: all but the head. PEFT's choice for the model when undefined. */
  readonly targetModules: string | readonly string[] | undefined
  readonly excludeModules: string | readonly string[] | undefined
  /** Ends of names of modules that are trained whole and saved with the adapter. */
  readonly modulesToSave: readonly string[]
  readonly useRslora: boolean
  readonly useDora: boolean
  /** Ranks and alphas of modules whose name ends with a key, a regular expression; the first that fits counts. */
  readonly rankPattern: Readonly<Record<string, number>>
  readonly alphaPattern: Readonly<Record<string, number>>
  /** Numbers of the layers that are adapted; all when undefined. */
  readonly layersToTransform: number | readonly number[] | undefined
  /** Name of the list of layers, a regular expression: `layers`, `h`. Any when empty. */
  readonly layersPattern: string | readonly string[]
  /** `true`: A uniform as a new linear layer's, B zero; `gaussian`: A normal with deviation 1 ÷ r, B zero; `false`: both random. */
  readonly initLoraWeights: boolean | 'gaussian'
  /** Trains copies of a tied embedding and head as one. */
  readonly ensureWeightTying: boolean
}

const DEFAULTS: LoraConfig = {
  r: 8,
  loraAlpha: 8,
  loraDropout: 0,
  targetModules: undefined,
  excludeModules: undefined,
  modulesToSave: [],
  useRslora: false,
  useDora: false,
  rankPattern: {},
  alphaPattern: {},
  layersToTransform: undefined,
  layersPattern: [],
  initLoraWeights: true,
  ensureWeightTying: false,
}

/**
 * The whole of a configuration from what is given of it.
 *
 * @throws LosslineError `adapter/config` for a value that is out of range or goes with no other
 */
export function toLoraConfig(given: Partial<LoraConfig>): LoraConfig {
  const config = { ...DEFAULTS, ...given }
  const { r, loraAlpha, loraDropout, rankPattern, alphaPattern, targetModules, layersToTransform } = config
  expect(isRank(r), 'r', r, 'a whole number of 1 or more', '{lora_r}')
  expect(Number.isFinite(loraAlpha), 'lora_alpha', loraAlpha, 'a number', '{lora_alpha}')
  expect(
    loraDropout >= 0 && loraDropout < 1,
    'lora_dropout',
    loraDropout,
    '0 to less than 1',
    '{lora_dropout}',
  )
  for (const [key, rank] of Object.entries(rankPattern)) {
    expect(isRank(rank), `rank_pattern[${quote(key)}]`, rank, 'a whole number of 1 or more', '{rank_pattern}')
  }
  for (const [key, alpha] of Object.entries(alphaPattern)) {
    expect(Number.isFinite(alpha), `alpha_pattern[${quote(key)}]`, alpha, 'a number', '{alpha_pattern}')
  }
  const init = config.initLoraWeights
  const isInit = typeof init === 'boolean' || init === 'gaussian'
  expect(isInit, 'init_lora_weights', init, 'true, false or "gaussian"', '{init_lora_weights}')
  const hasLayers = layersToTransform !== undefined || config.layersPattern.length > 0
  if (typeof targetModules === 'string' && hasLayers) {
    const what = `layers_to_transform and layers_pattern go with a list of target_modules, not with ${quote(targetModules)}`
    throw new LosslineError('adapter/config', what, {
      fix: 'Name the modules in {lora_target_modules} as a list.',
    })
  }
  if (config.layersPattern.length > 0 && layersToTransform === undefined) {
    const fix = 'Give {layers_to_transform} too.'
    throw new LosslineError('adapter/config', 'layers_pattern is given without layers_to_transform', { fix })
  }
  return config
}

function isRank(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function expect(isRight: boolean, name: string, value: unknown, expected: string, option: string): void {
  if (isRight) return
  const what = `${name} is ${quote(value)}; expected ${expected}`
  throw new LosslineError('adapter/config', what, { fix: `Change ${option}.` })
}
