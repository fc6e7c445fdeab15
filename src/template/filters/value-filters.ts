import { getAttribute } from '../operations/access.ts'
import { toInteger, toText } from '../operations/arguments.ts'
import { reprOf, toPlain, toStr, unwrap } from '../operations/convert.ts'
import { entriesOf, isDict } from '../operations/dict.ts'
import { readItem, readKey } from '../operations/iterate.ts'
import { interleave } from '../operations/join.ts'
import { escapeStr } from '../operations/markup.ts'
import { truthOf } from '../operations/truth.ts'
import { typeNameOf } from '../operations/type-name.ts'
import { type ToJsonOptions, toJson } from '../python/index.ts'
import type { Runtime } from '../runtime.ts'
import { RenderFault, typeFault } from '../template-error.ts'
import { WholeOrigin } from '../values/origin.ts'
import { Scalar } from '../values/scalar.ts'
import { computed, concatAll, rewritten, Str } from '../values/str.ts'
import { Undefined } from '../values/undefined.ts'
import type { Item, Value } from '../values/value.ts'
import type { Filter } from './filter.ts'
import { prettyPrint } from './pprint.ts'

/** Filters that take any value. */
export const VALUE_FILTERS: readonly Filter[] = [
  {
    name: 'tojson',
    parameters: ['ensure_ascii', 'indent', 'separators', 'sort_keys'],
    isTraced: true,
    run: (runtime, input, args) => jsonOf(runtime, input, args),
  },
  { name: 'default', parameters: ['default_value', 'boolean'], isTraced: true, run: fallBack },
  { name: 'd', parameters: ['default_value', 'boolean'], isTraced: true, run: fallBack },
  {
    name: 'pprint',
    parameters: [],
    run: (runtime, input) => {
      const text = prettyPrint(runtime, input)
      if (input instanceof Str) return rewritten(text, input)
      if (!Array.isArray(input) && !isDict(input)) return computed(text)
      return new Str(text, new WholeOrigin(input), -1)
    },
  },
  {
    name: 'attr',
    parameters: ['name'],
    required: 1,
    run: (runtime, input, [name]) => {
      const key = toText(name, 'the name').text
      // Attributes only: unlike `.name` it never falls back to an item.
      if (input instanceof Undefined) throw input.fault()
      const missing = new Undefined(`'${typeNameOf(input)} object' has no attribute '${key}'`)
      return isDict(input) && readsItem(runtime, input, key) ? missing : getAttribute(runtime, input, key)
    },
  },
  {
    name: 'xmlattr',
    parameters: ['autospace'],
    run: (runtime, input, [autospace = true]) => {
      if (!isDict(input)) throw typeFault(`'${typeNameOf(input)}' object has no attribute 'items'`)
      const pairs: Str[] = []
      for (const [key, item] of entriesOf(input)) {
        if (item === null || item instanceof Undefined) continue
        const name = toText(readKey(input, key), 'an attribute name')
        if (/[\s/>=]/.test(name.text)) throw typeFault(`Invalid character in attribute name: '${name.text}'`)
        const value = escapeStr(runtime, toStr(runtime, readItem(input, key, item)))
        pairs.push(concatAll([escapeStr(runtime, name), computed('="'), value, computed('"')]))
      }
      const joined = interleave(runtime, computed(' '), pairs)
      return truthOf(autospace) && joined.text !== '' ? concatAll([computed(' '), joined]) : joined
    },
  },
  {
    name: 'random',
    parameters: [],
    run: () => {
      throw new RenderFault('template/type', 'random gives another text each time: it is refused here')
    },
  },
]

function readsItem(runtime: Runtime, dict: Value, key: string): boolean {
  // A method is found under its name in an empty dict, too.
  return getAttribute(runtime, {}, key) instanceof Undefined && dict !== null
}

function fallBack(
  _: Runtime,
  input: Value,
  [fallback, boolean = false]: readonly (Value | undefined)[],
): Value {
  const isMissing = input instanceof Undefined || (truthOf(boolean) && !truthOf(unwrap(input)))
  return isMissing ? (fallback ?? computed('')) : input
}

/** The JSON of containers that are never changed, by their identity and the options: the same tools come with every row. */
const JSON_CACHE = new WeakMap<object, Map<string, string>>()

/** transformers' `tojson`: `json.dumps` with ensure_ascii off, no escaping for HTML. */
function jsonOf(runtime: Runtime, input: Value, args: readonly (Value | undefined)[]): Str {
  const value = unwrap(input)
  if (value instanceof Undefined) throw typeFault('Object of type Undefined is not JSON serializable')
  const text = toJsonText(runtime, value, args)
  runtime.chargeText(text.length)
  if (value instanceof Str) return rewritten(text, value)
  if (input instanceof Scalar) return new Str(text, input.origin, -1)
  return typeof value === 'object' && value !== null
    ? new Str(text, new WholeOrigin(value), -1)
    : computed(text)
}

function toJsonText(runtime: Runtime, value: Value, args: readonly (Value | undefined)[]): string {
  if (typeof value !== 'object' || value === null || value instanceof Str) {
    return toJson(toPlain(runtime, value), toJsonOptions(args))
  }
  let known = JSON_CACHE.get(value)
  if (known === undefined) {
    known = new Map()
    JSON_CACHE.set(value, known)
  }
  const key = args.length === 0 ? '' : args.map(arg => (arg === undefined ? '' : reprOf(runtime, arg))).join()
  let text = known.get(key)
  if (text === undefined) {
    text = toJson(toPlain(runtime, value), toJsonOptions(args))
    known.set(key, text)
  }
  return text
}

function toJsonOptions([ensureAscii, indent, separators, sortKeys]: readonly (
  | Value
  | undefined
)[]): ToJsonOptions {
  return {
    ensureAscii: truthOf(ensureAscii ?? false),
    indent:
      indent === undefined || indent === null
        ? undefined
        : indent instanceof Str
          ? indent.text
          : toInteger(indent, 'the indent'),
    separators: toSeparators(separators),
    sortKeys: truthOf(sortKeys ?? false),
  }
}

function toSeparators(value: Value | undefined): readonly [string, string] | undefined {
  if (value === undefined || value === null) return undefined
  const [item, key, ...more] = Array.isArray(value) ? (value as readonly Item[]) : []
  const text = (one: Item | undefined) =>
    typeof one === 'string' ? one : one instanceof Str ? one.text : undefined
  const [itemText, keyText] = [text(item), text(key)]
  if (itemText === undefined || keyText === undefined || more.length > 0) {
    throw typeFault('separators must be two strings')
  }
  return [itemText, keyText]
}
