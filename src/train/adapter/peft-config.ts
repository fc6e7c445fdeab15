import { LosslineError, quote } from '../../error.ts'
import { type LoraConfig, toLoraConfig } from './lora-config.ts'
import type { LoraPlan } from './resolve.ts'

/** The version of PEFT whose adapter_config.json is written. */
const PEFT_VERSION = '0.21.2'

/** Keys of adapter_config.json that a LoRA of linear modules does without, with the values that PEFT writes then. */
const UNUSED = {
  alora_invocation_tokens: null,
  arrow_config: null,
  auto_mapping: null,
  bias: 'none',
  corda_config: null,
  eva_config: null,
  inference_mode: true,
  kasa_config: null,
  layer_replication: null,
  loftq_config: {},
  lora_bias: false,
  lora_ga_config: null,
  megatron_config: null,
  megatron_core: 'megatron.core',
  monteclora_config: null,
  peft_type: 'LORA',
  peft_version: PEFT_VERSION,
  qalora_group_size: 16,
  revision: null,
  target_parameters: null,
  task_type: 'CAUSAL_LM',
  trainable_token_indices: null,
  use_bdlora: null,
  use_qalora: false,
  velora_config: null,
} as const

/** What may stand in a file whatever its value: it says nothing about the adapter's numbers. */
const IGNORED: ReadonlySet<string> = new Set([
  'auto_mapping',
  'base_model_name_or_path',
  'corda_config',
  'eva_config',
  'fan_in_fan_out',
  'inference_mode',
  'megatron_core',
  'peft_version',
  'qalora_group_size',
  'revision',
])

/** Ways to begin that leave the base's weights as they are: of a trained adapter they say nothing. Others (pissa, loftq) change the base. */
const HARMLESS_INITS: ReadonlySet<unknown> = new Set(['eva', 'orthogonal'])

/**
 * adapter_config.json as PEFT 0.21 writes it for the same adapter: all its keys, sorted.
 *
 * @param plan its targets are named in the file
 * @param baseModel the name or folder of the base
 */
export function formatPeftConfig(config: LoraConfig, plan: LoraPlan, baseModel: string | undefined): string {
  const keys: Record<string, unknown> = {
    ...UNUSED,
    alpha_pattern: config.alphaPattern,
    base_model_name_or_path: baseModel ?? null,
    ensure_weight_tying: config.ensureWeightTying,
    exclude_modules: config.excludeModules ?? null,
    // PEFT keeps what the last target turned out to be.
    fan_in_fan_out: plan.targets.at(-1)?.fanInFanOut ?? false,
    init_lora_weights: config.initLoraWeights,
    layers_pattern: config.layersPattern.length === 0 ? null : config.layersPattern,
    layers_to_transform: config.layersToTransform ?? null,
    lora_alpha: config.loraAlpha,
    lora_dropout: config.loraDropout,
    modules_to_save: config.modulesToSave.length === 0 ? null : config.modulesToSave,
    r: config.r,
    rank_pattern: config.rankPattern,
    target_modules: plan.targetModules,
    use_dora: config.useDora,
    use_rslora: config.useRslora,
  }
  return JSON.stringify(
    Object.fromEntries(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1))),
    null,
    2,
  )
}

/**
 * The configuration in an adapter_config.json.
 *
 * @throws LosslineError `adapter/unsupported` for an adapter that is more than LoRA, rsLoRA or DoRA of linear modules, `adapter/config`
 */
export function parsePeftConfig(text: string, file: string): LoraConfig {
  const keys = parseObject(text, file)
  if (keys['peft_type'] !== 'LORA') throw unsupported(file, 'peft_type', keys['peft_type'])
  const given: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(keys)) {
    const name = READ_KEYS.get(key)
    if (name === undefined) checkUnused(file, key, value)
    else if (value !== null) given[name] = value
  }
  if (HARMLESS_INITS.has(given['initLoraWeights'])) given['initLoraWeights'] = true
  for (const [name, isRight] of SHAPES) {
    const value = given[name]
    if (value !== undefined && !isRight(value)) throw malformed(file, name, value)
  }
  try {
    return toLoraConfig(given as Partial<LoraConfig>)
  } catch (error) {
    throw error instanceof LosslineError ? error.at(file) : error
  }
}

const READ_KEYS: ReadonlyMap<string, keyof LoraConfig> = new Map([
  ['alpha_pattern', 'alphaPattern'],
  ['ensure_weight_tying', 'ensureWeightTying'],
  ['exclude_modules', 'excludeModules'],
  ['init_lora_weights', 'initLoraWeights'],
  ['layers_pattern', 'layersPattern'],
  ['layers_to_transform', 'layersToTransform'],
  ['lora_alpha', 'loraAlpha'],
  ['lora_dropout', 'loraDropout'],
  ['modules_to_save', 'modulesToSave'],
  ['r', 'r'],
  ['rank_pattern', 'rankPattern'],
  ['target_modules', 'targetModules'],
  ['use_dora', 'useDora'],
  ['use_rslora', 'useRslora'],
])

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every(item => typeof item === 'string')
const isNames = (value: unknown): boolean => typeof value === 'string' || isTexts(value)
const isNumbers = (value: unknown): boolean => isObject(value) && Object.values(value).every(Number.isFinite)
const isLayers = (value: unknown): boolean => [value].flat().every(Number.isSafeInteger)
const isBoolean = (value: unknown): boolean => typeof value === 'boolean'
const isNumber = (value: unknown): boolean => typeof value === 'number'

/** What type each is; ranges are `toLoraConfig`'s. */
const SHAPES: readonly (readonly [keyof LoraConfig, (value: unknown) => boolean])[] = [
  ['r', isNumber],
  ['loraAlpha', isNumber],
  ['loraDropout', isNumber],
  ['targetModules', isNames],
  ['excludeModules', isNames],
  ['modulesToSave', isTexts],
  ['useRslora', isBoolean],
  ['useDora', isBoolean],
  ['rankPattern', isNumbers],
  ['alphaPattern', isNumbers],
  ['layersToTransform', isLayers],
  ['layersPattern', isNames],
  ['ensureWeightTying', isBoolean],
]

/** A key that is not read must say that what it stands for is not in use. */
function checkUnused(file: string, key: string, value: unknown): void {
  if (IGNORED.has(key) || value === null || value === false) return
  if (Object.hasOwn(UNUSED, key) && UNUSED[key as keyof typeof UNUSED] === value) return
  if (typeof value === 'object' && Object.keys(value as object).length === 0) return
  throw unsupported(file, key, value)
}

function parseObject(text: string, file: string): Record<string, unknown> {
  const fix = 'Copy or download it again.'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new LosslineError('adapter/config', 'holds no JSON', { where: file, fix, cause })
  }
  if (isObject(value)) return value
  throw new LosslineError('adapter/config', 'holds no JSON object', { where: file, fix })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unsupported(file: string, key: string, value: unknown): LosslineError {
  const what = `${key} is ${quote(value)}, which is not supported; adapters are LoRA, rsLoRA or DoRA of linear modules`
  return new LosslineError('adapter/unsupported', what, {
    where: file,
    fix: 'Merge it in PEFT, and use the merged model.',
  })
}

function malformed(file: string, name: keyof LoraConfig, value: unknown): LosslineError {
  const key = [...READ_KEYS].find(([, read]) => read === name)?.[0] ?? name
  return new LosslineError('adapter/config', `${key} is ${quote(value)}, which PEFT does not write there`, {
    where: file,
    fix: 'Copy or download it again.',
  })
}
