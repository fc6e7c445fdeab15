import { LosslineError, quote } from '../error.ts'
import { findNearest } from '../nearest.ts'
import {
  kinds,
  listForeignOptions,
  type OptionKind,
  parseConfigText,
  parseOption,
  readConfig,
  SFT_OPTIONS,
  type SFTConfig,
  toSnakeCase,
} from '../train/config/index.ts'
import { MODEL_OPTIONS, type ModelOptions } from '../train/fine-tune/index.ts'
import type { OwnOption } from './command.ts'
import { OPTIONS, type OptionName, type Values } from './options.ts'

type SFTName = keyof SFTConfig
type ModelName = keyof ModelOptions

const SFT_NAMES = Object.keys(SFT_OPTIONS) as SFTName[]
const MODEL_NAMES = Object.keys(MODEL_OPTIONS) as ModelName[]

/** TRL's names for what has another one here. */
const ALIASES: Readonly<Record<string, OptionName>> = {
  model_name_or_path: 'model',
  dataset_name: 'dataset',
  output_dir: 'output',
}

/** Options of TRL's ScriptArguments and ModelConfig that change nothing here, and why. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  dtype: 'arithmetic is in float32',
  torch_dtype: 'arithmetic is in float32',
  attn_implementation: 'there is one',
  dataset_train_split: 'name the file itself',
  dataset_test_split: 'name the file itself',
  lora_task_type: 'it is a language model',
}

/** What is asked of a training, from flags and from a config file. */
export interface TrainRequest {
  readonly values: Values
  readonly config: Partial<SFTConfig>
  readonly model: Partial<ModelOptions>
  readonly notices: readonly string[]
}

/** The flags of `lossline train` alone: every option of SFTConfig and of ModelConfig. */
export function listTrainOptions(): OwnOption[] {
  const sft = SFT_NAMES.filter(name => name !== 'outputDir').map(name => ({
    name: toSnakeCase(name),
    value: SFT_OPTIONS[name].kind.value,
    help: withDefault(SFT_OPTIONS[name].help, SFT_OPTIONS[name].default),
    ...(SFT_OPTIONS[name].kind.isList === true && { isList: true as const }),
    parse: (text: string) => parseOption(name, text),
  }))
  const model = MODEL_NAMES.map(name => {
    const kind: OptionKind<unknown> = MODEL_OPTIONS[name].kind
    return {
      name,
      value: kind.value,
      help: withDefault(MODEL_OPTIONS[name].help, MODEL_OPTIONS[name].default),
      ...(kind.isList === true && { isList: true as const }),
      parse: (text: string) => kinds.checkKind(kind, kind.read(text)),
    }
  })
  const aliases = Object.entries(ALIASES).map(([name, ours]) => ({
    name,
    value: OPTIONS[ours].value,
    help: `the same as --${ours}, as TRL has it`,
    ...(OPTIONS[ours].repeats === true && { repeats: true as const }),
    parse: (text: string, before?: unknown) => OPTIONS[ours].parse(text, before as never),
  }))
  return [...model, ...sft, ...aliases, ...listForeign()]
}

/** TRL's options that a config file may have and that do nothing here: as flags they say the same. */
function listForeign(): OwnOption[] {
  const names = [...Object.keys(WITHOUT_EFFECT), ...listForeignOptions()]
  return names
    .filter(name => !Object.hasOwn(OPTIONS, name) && !name.startsWith('no_'))
    .map(name => ({ name, value: 'VALUE', help: '', isHidden: true, parse: readForeign }))
}

function readForeign(text: string): unknown {
  if (/^(true|false|none|null)$/i.test(text)) return JSON.parse(text.toLowerCase().replace('none', 'null'))
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

function withDefault(help: string, value: unknown): string {
  if (value === undefined || value === false || help.includes('default:')) return help
  if (Array.isArray(value)) return value.length === 0 ? help : `${help} (default: ${value.join(',')})`
  return `${help} (default: ${String(value)})`
}

/**
 * Puts flags over the config file.
 *
 * @param own what was given of {@link listTrainOptions}
 * @throws LosslineError `train/…` for a config file that can't be used
 */
export async function readTrainRequest(
  values: Values,
  own: Readonly<Record<string, unknown>>,
  readFile: (path: string) => string,
): Promise<TrainRequest> {
  const file = values.config
  const inFile = file === undefined ? NOTHING : await readFileRequest(file, readFile(file))
  const flags = splitOwn(own)
  return {
    values: { ...inFile.values, ...flags.values, ...values },
    config: { ...inFile.config, ...flags.config },
    model: { ...inFile.model, ...flags.model },
    notices: [...inFile.notices, ...flags.notices],
  }
}

const NOTHING: TrainRequest = { values: {}, config: {}, model: {}, notices: [] }

function splitOwn(own: Readonly<Record<string, unknown>>): TrainRequest {
  const foreign: Record<string, unknown> = {}
  const config: Record<string, unknown> = {}
  const model: Record<string, unknown> = {}
  const values: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(own)) {
    const sft = SFT_NAMES.find(camel => toSnakeCase(camel) === name)
    if (Object.hasOwn(ALIASES, name)) values[ALIASES[name]!] = value
    else if (sft !== undefined) config[sft] = value
    else if (Object.hasOwn(MODEL_OPTIONS, name)) model[name] = value
    else foreign[name] = value
  }
  const { others, notices } = readConfig(foreign)
  return { values, config, model, notices: [...notices, ...Object.keys(others).map(toNotice)] }
}

async function readFileRequest(file: string, text: string): Promise<TrainRequest> {
  const mapping = await parseConfigText(text, file)
  const read = at(file, () => readConfig(mapping))
  const notices = [...read.notices]
  const model: Record<string, unknown> = {}
  const values: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(read.others)) {
    const name = ALIASES[key] ?? key
    if (Object.hasOwn(WITHOUT_EFFECT, key)) notices.push(toNotice(key))
    else if (Object.hasOwn(MODEL_OPTIONS, key)) {
      const kind: OptionKind<unknown> = MODEL_OPTIONS[key as ModelName].kind
      model[key] = at(`${file} ${key}`, () => kinds.checkKind(kind, value ?? undefined))
    } else if (Object.hasOwn(OPTIONS, name)) {
      values[name] = at(`${file} ${key}`, () => parseValue(name as OptionName, value))
    } else throw unknownKey(file, key)
  }
  const { outputDir, ...config } = read.config
  return {
    values: outputDir === undefined ? values : { output: outputDir, ...values },
    config,
    model,
    notices,
  }
}

function toNotice(key: string): string {
  return `${key} has no effect: ${WITHOUT_EFFECT[key]}.`
}

/** As the flag would have it: lists with commas or as the flag given several times, mappings as JSON or as A=B. */
function parseValue(name: OptionName, value: unknown): unknown {
  const option = OPTIONS[name]
  if (option.value === undefined) return value === true
  if (Array.isArray(value) && option.repeats === true)
    return value.reduce((before: unknown, item) => option.parse(String(item), before as never), undefined)
  if (Array.isArray(value)) return option.parse(value.join(','))
  if (typeof value !== 'object' || value === null) return option.parse(String(value))
  const isMap = name === 'column_map' || name === 'role_map'
  return option.parse(
    isMap
      ? Object.entries(value)
          .map(pair => pair.join('='))
          .join(',')
      : JSON.stringify(value),
  )
}

function at<Value>(where: string, parse: () => Value): Value {
  try {
    return parse()
  } catch (error) {
    throw error instanceof LosslineError ? error.at(where) : error
  }
}

function unknownKey(file: string, key: string): LosslineError {
  const known = [...SFT_NAMES.map(toSnakeCase), ...MODEL_NAMES, ...Object.entries(ALIASES).flat()]
  const nearest = findNearest(key, known)
  const fix = nearest === undefined ? 'Leave it out.' : `Did you mean ${nearest}?`
  return new LosslineError('train/option', `${quote(key)} is no option of a training`, { where: file, fix })
}
