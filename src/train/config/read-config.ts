import { LosslineError, quote } from '../../error.ts'
import { checkKind, type OptionKind } from './kinds.ts'
import { ASKS_NOTHING, NOT_HERE, RENAMED, WITHOUT_EFFECT } from './other-options.ts'
import type { SFTConfig } from './sft-config.ts'
import { SFT_OPTIONS, type SFTOption } from './sft-options.ts'

type OptionName = keyof SFTConfig

/** `learningRate` → `learning_rate`. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}

const NAMES: ReadonlyMap<string, OptionName> = new Map(
  (Object.keys(SFT_OPTIONS) as OptionName[]).map(name => [toSnakeCase(name), name]),
)

/** What a mapping of TRL's names says, and what is to be told of it. */
export interface ReadConfig {
  readonly config: Partial<SFTConfig>
  /** Names that are of no training option: of the model, the adapter or the command line. */
  readonly others: Readonly<Record<string, unknown>>
  readonly notices: readonly string[]
}

/**
 * Reads a config file's mapping of names in snake_case to values.
 *
 * @returns what is ours; names that nobody here knows are left to the caller
 * @throws LosslineError `train/option` for a value that an option doesn't take, or an option of TRL's that there is not
 */
export function readConfig(values: Readonly<Record<string, unknown>>): ReadConfig {
  const config: Partial<Record<OptionName, unknown>> = {}
  const others: Record<string, unknown> = {}
  const notices: string[] = []
  for (const [key, value] of Object.entries(values)) {
    const name = NAMES.get(key)
    if (name !== undefined) config[name] = checkOption(name, value === null ? undefined : value, key)
    else if (Object.hasOwn(WITHOUT_EFFECT, key)) notices.push(`${key} has no effect: ${WITHOUT_EFFECT[key]}.`)
    else if (Object.hasOwn(RENAMED, key)) {
      if (!asksNothing(key, value)) throw toRenamed(key)
    } else if (Object.hasOwn(NOT_HERE, key)) {
      if (!asksNothing(key, value)) throw toNotHere(key)
    } else others[key] = value
  }
  // Each value was checked by the kind of its name.
  return { config: config as Partial<SFTConfig>, others, notices }
}

/**
 * The value of an option, from a flag's text.
 *
 * @throws LosslineError `train/option`
 */
export function parseOption<Name extends OptionName>(name: Name, text: string): SFTConfig[Name] {
  const { kind }: SFTOption<SFTConfig[Name]> = SFT_OPTIONS[name]
  return checkKind(kind, normalise(name, kind.read(text)))
}

/** @throws LosslineError `train/option` at the option's name */
export function checkOption<Name extends OptionName>(
  name: Name,
  value: unknown,
  where: string = name,
): SFTConfig[Name] {
  const kind: OptionKind<SFTConfig[Name]> = SFT_OPTIONS[name].kind
  try {
    return checkKind(kind, normalise(name, value))
  } catch (error) {
    throw error instanceof LosslineError ? error.at(where) : error
  }
}

/** TRL's other spellings of the same. */
function normalise(name: OptionName, value: unknown): unknown {
  if (name === 'truncationMode' && typeof value === 'string') return value.replaceAll('_', '-')
  if (name === 'packingStrategy' && value === 'bfd-requeue') return 'bfd_split'
  if (name === 'reportTo' && typeof value === 'string') return [value]
  return value
}

/** TRL's and transformers' options that are taken, or refused with a reason, and are none of a training here. */
export function listForeignOptions(): string[] {
  return [WITHOUT_EFFECT, RENAMED, NOT_HERE].flatMap(table => Object.keys(table))
}

/** A config file may say that it does not want what there is not. */
function asksNothing(key: string, value: unknown): boolean {
  const text = JSON.stringify(value)
  return (
    value === null ||
    value === false ||
    ASKS_NOTHING[key]?.some(item => JSON.stringify(item) === text) === true
  )
}

function toNotHere(key: string): LosslineError {
  // As the fix, in which options are worded for the caller.
  return new LosslineError('train/option', 'is not here', {
    where: key,
    fix: `Leave it out: ${NOT_HERE[key]}.`,
  })
}

function toRenamed(key: string): LosslineError {
  const fix = `Give {${RENAMED[key]}}.`
  return new LosslineError('train/option', 'has another name by now', { where: key, fix })
}

/**
 * The mapping that a config file holds, YAML or JSON.
 *
 * @throws LosslineError `train/config` for what is no mapping, with the line where the text is broken
 */
export async function parseConfigText(source: string, where: string): Promise<Record<string, unknown>> {
  // JSON is YAML. Loaded late: whoever trains without a config file doesn't pay for it.
  const { parseDocument } = await import('yaml')
  const document = parseDocument(source)
  const [error] = document.errors
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1
    const [what] = error.message.split('\n')
    throw new LosslineError('train/config', `is no YAML: ${what}`, { where: `${where}:${line}` })
  }
  const value: unknown = document.toJS()
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  const what = `holds ${quote(value)}; expected names and values, such as learning_rate: 2e-5`
  throw new LosslineError('train/config', what, { where })
}
