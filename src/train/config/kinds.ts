import { LosslineError, quote } from '../../error.ts'
import { findNearest } from '../../nearest.ts'

/** A kind of value that an option takes: from a flag as text, from a config file or the API as it is. */
export interface OptionKind<Value> {
  /** What stands for the value in the help; undefined for a switch. */
  readonly value: string | undefined
  /** Words for an error: `a whole number, from 1`. */
  readonly expected: string
  /** On the command line several words may follow, as with a comma between them. */
  readonly isList?: true
  /** Where it is one of a few: what else may have been meant. */
  readonly names?: readonly string[]
  /** What a flag's text says; anything where it says nothing of this kind. */
  read(text: string): unknown
  accepts(value: unknown): value is Value
}

/**
 * The value, when it is of the kind.
 *
 * @throws LosslineError `train/option`; the place is added by who knows the option's spelling
 */
export function checkKind<Value>(kind: OptionKind<Value>, value: unknown): Value {
  if (kind.accepts(value)) return value
  const nearest = typeof value === 'string' ? findMeant(value, kind.names ?? []) : undefined
  const fix = nearest === undefined ? {} : { fix: `Did you mean ${nearest}?` }
  throw new LosslineError('train/option', `is ${quote(value)}; expected ${kind.expected}`, fix)
}

/** The nearest name; else one of the same family: adamw_torch for adamw_8bit and paged_adamw_32bit. */
function findMeant(word: string, names: readonly string[]): string | undefined {
  const parts = word.toLowerCase().split(/[_-]/)
  return findNearest(word, names) ?? names.find(name => parts.includes(name.split(/[_-]/)[0]!))
}

/** `min` is allowed. */
export function integer(min: number): OptionKind<number> {
  return {
    value: 'N',
    expected: `a whole number, from ${min}`,
    read: readNumber,
    accepts: (value): value is number => Number.isSafeInteger(value) && (value as number) >= min,
  }
}

export interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** Both bounds are allowed values. */
export function number({ min = -Number.MAX_VALUE, max = Number.MAX_VALUE }: Bounds = {}): OptionKind<number> {
  const lower = min === -Number.MAX_VALUE ? '' : `, from ${min}`
  const upper = max === Number.MAX_VALUE ? '' : ` to ${max}`
  return {
    value: 'X',
    expected: `a number${lower}${upper}`,
    read: readNumber,
    accepts: (value): value is number => typeof value === 'number' && value >= min && value <= max,
  }
}

/** So many steps, or, below 1, a share of all steps. */
export const stepInterval: OptionKind<number> = {
  value: 'N',
  expected: 'a whole number of steps, from 1, or a share of all steps between 0 and 1',
  read: readNumber,
  accepts: (value): value is number =>
    typeof value === 'number' && value > 0 && (value < 1 || Number.isSafeInteger(value)),
}

export const boolean: OptionKind<boolean> = {
  value: undefined,
  expected: 'true or false',
  read: text => (/^true$/i.test(text) ? true : /^false$/i.test(text) ? false : text),
  accepts: (value): value is boolean => typeof value === 'boolean',
}

/** Names as they are written, upper and lower case told apart. */
export function oneOf<Name extends string>(...names: readonly Name[]): OptionKind<Name> {
  return {
    value: names.length <= 4 ? names.join('|') : 'NAME',
    expected: `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`,
    names,
    read: text => text,
    accepts: (value): value is Name => (names as readonly unknown[]).includes(value),
  }
}

/** Anything but nothing; `value` is what help calls it. */
export function text(value: string): OptionKind<string> {
  return {
    value,
    expected: 'some text',
    read: given => given,
    accepts: (given): given is string => typeof given === 'string' && given !== '',
  }
}

/** Names with commas between them on the command line, a list elsewhere; a single one may stand alone. */
export function listOf<Name extends string>(...names: readonly Name[]): OptionKind<readonly Name[]> {
  return {
    value: 'A,B',
    expected: `a list of ${names.join(', ')}`,
    isList: true,
    read: given => given.split(',').map(name => name.trim()),
    accepts: (value): value is readonly Name[] =>
      Array.isArray(value) && value.every(name => (names as readonly unknown[]).includes(name)),
  }
}

/** Numbers and words by name: JSON on the command line, a mapping in a config file. */
export const settings: OptionKind<Readonly<Record<string, number | string>>> = {
  value: 'JSON',
  expected: 'an object of numbers and words, such as {"num_cycles": 1}',
  read: given => {
    try {
      return JSON.parse(given) as unknown
    } catch {
      return given
    }
  },
  accepts: (value): value is Readonly<Record<string, number | string>> =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(item => typeof item === 'number' || typeof item === 'string'),
}

/** `none` on the command line, null in a config file and undefined in the API leave the option without a value. */
export function optional<Value>(kind: OptionKind<Value>): OptionKind<Value | undefined> {
  return {
    ...kind,
    expected: `${kind.expected}, or none`,
    read: given => (/^(none|null)$/i.test(given) ? undefined : kind.read(given)),
    accepts: (value): value is Value | undefined => value === undefined || kind.accepts(value),
  }
}

function readNumber(given: string): unknown {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(given.trim()) ? Number(given) : given
}
