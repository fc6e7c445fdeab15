import { LosslineError } from '../../error.ts'
import { kinds, type OptionKind } from '../config/index.ts'
import type { Quantization } from '../weights/index.ts'
import type { TrainedPart } from './options.ts'

/** What of the model is trained and how it is held, by the names of TRL's ModelConfig. */
export interface ModelOptions {
  readonly use_peft: boolean
  readonly lora_r: number
  readonly lora_alpha: number
  readonly lora_dropout: number
  readonly lora_target_modules: string | readonly string[] | undefined
  readonly lora_modules_to_save: readonly string[]
  readonly use_rslora: boolean
  readonly use_dora: boolean
  readonly load_in_4bit: boolean
  readonly load_in_8bit: boolean
}

export interface ModelOption<Value> {
  readonly kind: OptionKind<Value>
  readonly default: Value
  /** A phrase without a full stop. */
  readonly help: string
}

const names: OptionKind<readonly string[]> = {
  value: 'A,B',
  expected: 'a list of names',
  isList: true,
  read: text => text.split(',').map(name => name.trim()),
  accepts: (value): value is readonly string[] =>
    Array.isArray(value) && value.length > 0 && value.every(name => typeof name === 'string' && name !== ''),
}

const namesOrPattern: OptionKind<string | readonly string[] | undefined> = {
  value: 'A,B|REGEX',
  expected: 'names with commas between them, all-linear, or a regular expression',
  isList: true,
  read: text => (/^[\w.-]+(,[\w.-]+)+$/.test(text) || !/^all-linear$|\W/.test(text) ? text.split(',') : text),
  accepts: (value): value is string | readonly string[] | undefined =>
    value === undefined || (typeof value === 'string' && value !== '') || names.accepts(value),
}

export const MODEL_OPTIONS: { readonly [Name in keyof ModelOptions]: ModelOption<ModelOptions[Name]> } = {
  use_peft: { kind: kinds.boolean, default: false, help: 'train an adapter (LoRA) instead of all weights' },
  lora_r: { kind: kinds.integer(1), default: 16, help: 'rank of the adapter' },
  lora_alpha: { kind: kinds.number(), default: 32, help: 'the adapter is scaled by this ÷ rank' },
  lora_dropout: {
    kind: kinds.number({ min: 0, max: 1 }),
    default: 0.05,
    help: 'share of its inputs that the adapter drops',
  },
  lora_target_modules: {
    kind: namesOrPattern,
    default: undefined,
    help: 'layers that get an adapter: names, all-linear or a regular expression; default: PEFT’s for the model',
  },
  lora_modules_to_save: { kind: names, default: [], help: 'modules that are trained whole: lm_head' },
  use_rslora: { kind: kinds.boolean, default: false, help: 'scale by alpha ÷ √rank' },
  use_dora: { kind: kinds.boolean, default: false, help: 'train the length of each weight’s rows too' },
  load_in_4bit: {
    kind: kinds.boolean,
    default: false,
    help: 'hold the base in 4 bits while an adapter is trained',
  },
  load_in_8bit: {
    kind: kinds.boolean,
    default: false,
    help: 'hold the base in 8 bits while an adapter is trained',
  },
}

/** Numbers that share a scale, as bitsandbytes has it. */
const BLOCK_SIZE = 64

/**
 * What is trained, and how the base is held.
 *
 * @param given only what was given
 * @param adapter the folder of one to go on with
 * @throws LosslineError `train/option` for options that don't go together
 */
export function toTrainedPart(
  given: Partial<ModelOptions>,
  adapter: string | undefined,
): { readonly part: TrainedPart; readonly quantization?: Quantization } {
  const options = { ...defaultsOf(), ...given }
  const quantization = toQuantization(options)
  const held = quantization === undefined ? {} : { quantization }
  const ofLora = Object.keys(given).find(
    name => name.startsWith('lora_') || name === 'use_rslora' || name === 'use_dora',
  )
  if (adapter !== undefined) {
    if (ofLora === undefined) return { part: { kind: 'adapter', folder: adapter }, ...held }
    throw optionError(
      ofLora,
      'does not go with an adapter that there is already',
      'Leave it out, or leave {adapter} out.',
    )
  }
  if (!options.use_peft) {
    if (ofLora !== undefined) throw optionError(ofLora, 'needs an adapter', 'Give {use_peft}.')
    if (quantization === undefined) return { part: { kind: 'all' } }
    throw optionError(
      `load_in_${quantization.bits}bit`,
      'needs an adapter: rounded weights are not trained',
      'Give {use_peft}.',
    )
  }
  return {
    part: {
      kind: 'new-adapter',
      lora: {
        r: options.lora_r,
        loraAlpha: options.lora_alpha,
        loraDropout: options.lora_dropout,
        targetModules: toTargets(options.lora_target_modules),
        modulesToSave: options.lora_modules_to_save,
        useRslora: options.use_rslora,
        useDora: options.use_dora,
      },
    },
    ...held,
  }
}

/** A list of one, as TRL's YAML has it, may be `all-linear`. */
function toTargets(given: ModelOptions['lora_target_modules']): ModelOptions['lora_target_modules'] {
  return Array.isArray(given) && given.length === 1 && given[0] === 'all-linear' ? 'all-linear' : given
}

function toQuantization({ load_in_4bit: four, load_in_8bit: eight }: ModelOptions): Quantization | undefined {
  if (four && eight)
    throw optionError('load_in_4bit', 'does not go with eight bits', 'Leave it or {load_in_8bit} out.')
  return four || eight ? { bits: four ? 4 : 8, blockSize: BLOCK_SIZE } : undefined
}

function defaultsOf(): ModelOptions {
  const entries = Object.entries(MODEL_OPTIONS).map(([name, option]) => [name, option.default])
  return Object.fromEntries(entries) as ModelOptions
}

function optionError(where: string, what: string, fix: string): LosslineError {
  return new LosslineError('train/option', what, { where, fix })
}
