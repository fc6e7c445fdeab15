import { getItem } from '../operations/access.ts'
import { toInteger, toText } from '../operations/arguments.ts'
import { add, readAll } from '../operations/arithmetic.ts'
import { orderOf } from '../operations/compare.ts'
import { toStr } from '../operations/convert.ts'
import { checkHashable, isDict } from '../operations/dict.ts'
import { equals } from '../operations/equals.ts'
import { iterate, lengthOf, toList } from '../operations/iterate.ts'
import { interleave } from '../operations/join.ts'
import { truthOf } from '../operations/truth.ts'
import { typeNameOf } from '../operations/type-name.ts'
import { lower } from '../python/index.ts'
import type { Runtime } from '../runtime.ts'
import { typeFault } from '../template-error.ts'
import { DictView, PyGenerator, PyRange } from '../values/objects.ts'
import { computed, concatAll, Str, sliceStr } from '../values/str.ts'
import { Group } from '../values/tuple.ts'
import { Undefined } from '../values/undefined.ts'
import type { Item, Value } from '../values/value.ts'
import type { Filter } from './filter.ts'
import { makeGetter } from './getter.ts'

type Args = readonly (Value | undefined)[]

/** Filters that take a list, or anything that has items. */
export const LIST_FILTERS: readonly Filter[] = [
  { name: 'length', parameters: [], run: count },
  { name: 'count', parameters: [], run: count },
  { name: 'list', parameters: [], run: (runtime, input) => toList(runtime, input) },
  {
    name: 'first',
    parameters: [],
    run: (_, input) => {
      const next = iterate(input).next()
      return next.done === true ? new Undefined('No first item, sequence was empty.') : next.value
    },
  },
  {
    name: 'last',
    parameters: [],
    run: (runtime, input) => {
      const nothing = new Undefined('No last item, sequence was empty.')
      if (input instanceof Undefined) return nothing
      if (input instanceof PyGenerator) throw typeFault(`'${input.typeName}' object is not reversible`)
      if (Array.isArray(input) || input instanceof PyRange) {
        const length = lengthOf(input)!
        return length === 0 ? nothing : getItem(runtime, input, length - 1)
      }
      return toList(runtime, input).at(-1) ?? nothing
    },
  },
  {
    name: 'join',
    parameters: ['d', 'attribute'],
    run: (runtime, input, [separator, attribute]) => {
      const get = attribute === undefined || attribute === null ? undefined : makeGetter(runtime, attribute)
      const items = toList(runtime, input)
      const strs = items.map(item => toStr(runtime, get === undefined ? item : get(item)))
      return interleave(runtime, separator === undefined ? computed('') : toStr(runtime, separator), strs)
    },
  },
  {
    name: 'reverse',
    parameters: [],
    run: (runtime, input) => {
      if (input instanceof Str) {
        const characters = toList(runtime, input) as Str[]
        return concatAll(characters.reverse())
      }
      const items = toList(runtime, input).reverse()
      return input instanceof PyGenerator
        ? items
        : new PyGenerator(items[Symbol.iterator](), reverseNameOf(input))
    },
  },
  {
    name: 'items',
    parameters: [],
    run: (_, input) => {
      function* items(): Generator<Value> {
        if (input instanceof Undefined) return
        if (!isDict(input)) throw typeFault('Can only get item pairs from a mapping.')
        yield* { [Symbol.iterator]: () => iterate(new DictView(input, 'items')) }
      }
      return new PyGenerator(items())
    },
  },
  {
    name: 'dictsort',
    parameters: ['case_sensitive', 'by', 'reverse'],
    run: (runtime, input, [caseSensitive = false, by, reverse = false]) => {
      const part = by === undefined ? 'key' : toText(by, 'by').text
      if (part !== 'key' && part !== 'value') throw typeFault('You can only sort by either "key" or "value"')
      if (input instanceof Undefined) throw input.fault()
      if (!isDict(input)) throw typeFault(`'${typeNameOf(input)}' object has no attribute 'items'`)
      const view = toList(runtime, new DictView(input, 'items'))
      const key = (entry: Value) =>
        toSortKey((entry as readonly Item[])[part === 'key' ? 0 : 1] as Value, caseSensitive)
      return sortBy(runtime, view, key, truthOf(reverse))
    },
  },
  {
    name: 'sort',
    parameters: ['reverse', 'case_sensitive', 'attribute'],
    run: (runtime, input, [reverse = false, caseSensitive = false, attribute = null]) => {
      const getters = toAttributes(attribute).map(one => makeGetter(runtime, one))
      const key = (item: Value) => getters.map(get => toSortKey(get(item), caseSensitive))
      return sortBy(runtime, toList(runtime, input), key, truthOf(reverse))
    },
  },
  {
    name: 'unique',
    parameters: ['case_sensitive', 'attribute'],
    run: (runtime, input, [caseSensitive = false, attribute = null]) =>
      new PyGenerator(unique(runtime, input, { caseSensitive, attribute })),
  },
  {
    name: 'min',
    parameters: ['case_sensitive', 'attribute'],
    run: (runtime, input, args) => extreme(runtime, input, args, -1),
  },
  {
    name: 'max',
    parameters: ['case_sensitive', 'attribute'],
    run: (runtime, input, args) => extreme(runtime, input, args, 1),
  },
  {
    name: 'sum',
    parameters: ['attribute', 'start'],
    run: (runtime, input, [attribute = null, start = 0]) => {
      if (start instanceof Str) throw typeFault("sum() can't sum strings [use ''.join(seq) instead]")
      const get = attribute === null ? (item: Value) => item : makeGetter(runtime, attribute)
      return toList(runtime, input).reduce<Value>((sum, item) => add(runtime, sum, get(item)), start)
    },
  },
  {
    name: 'batch',
    parameters: ['linecount', 'fill_with'],
    required: 1,
    run: (runtime, input, [size, fill = null]) =>
      new PyGenerator(batches(runtime, input, toInteger(size, 'linecount'), fill)),
  },
  {
    name: 'slice',
    parameters: ['slices', 'fill_with'],
    required: 1,
    run: (runtime, input, [count, fill = null]) =>
      new PyGenerator(columns(runtime, input, toInteger(count, 'slices'), fill)),
  },
  {
    name: 'groupby',
    parameters: ['attribute', 'default', 'case_sensitive'],
    required: 1,
    run: groupBy,
  },
]

function count(_: Runtime, input: Value): number {
  const length = lengthOf(input)
  if (length === undefined) throw typeFault(`object of type '${typeNameOf(input)}' has no len()`)
  return length
}

function reverseNameOf(input: Value): string {
  if (Array.isArray(input)) return 'list_reverseiterator'
  return isDict(input) ? 'dict_reversekeyiterator' : 'reversed'
}

function toAttributes(attribute: Value): Value[] {
  if (!(attribute instanceof Str)) return [attribute]
  const attributes: Value[] = []
  let start = 0
  for (const name of attribute.text.split(',')) {
    attributes.push(sliceStr(attribute, start, start + name.length))
    start += name.length + 1
  }
  return attributes
}

/** Strings without their case, unless it is minded. */
function toSortKey(value: Value, caseSensitive: Value): Value {
  return value instanceof Str && !truthOf(caseSensitive) ? computed(lower(value.text)) : value
}

/** Stable, as Python's: in reverse, too, equal items keep their order. */
function sortBy(
  runtime: Runtime,
  items: readonly Value[],
  key: (item: Value) => Value,
  isReverse: boolean,
): Value[] {
  const keyed = items.map(item => ({ item, key: key(item) }))
  const sign = isReverse ? -1 : 1
  keyed.sort((a, b) => {
    runtime.step()
    return sign * orderKeys(runtime, a.key, b.key)
  })
  return keyed.map(({ item }) => item)
}

function orderKeys(runtime: Runtime, a: Value, b: Value): number {
  if (!Array.isArray(a) || !Array.isArray(b)) return orderOf(runtime, a, b) || 0
  const left = readAll(a as readonly Item[]) as Value[]
  const right = readAll(b as readonly Item[]) as Value[]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (!equals(left[i]!, right[i]!)) return orderKeys(runtime, left[i]!, right[i]!)
  }
  return left.length - right.length
}

function* unique(
  runtime: Runtime,
  input: Value,
  { caseSensitive, attribute }: { caseSensitive: Value; attribute: Value },
): Generator<Value> {
  const get = makeGetter(runtime, attribute)
  const texts = new Set<string>()
  const others: Value[] = []
  const iterator = iterate(input)
  for (let next = iterator.next(); !next.done; next = iterator.next()) {
    runtime.step()
    const key = toSortKey(get(next.value), caseSensitive)
    checkHashable(key)
    if (key instanceof Str) {
      if (texts.has(key.text)) continue
      texts.add(key.text)
    } else {
      runtime.charge(others.length)
      if (others.some(other => equals(other, key))) continue
      others.push(key)
    }
    yield next.value
  }
}

/** @param sign -1 for the least, 1 for the greatest; of equal ones the first */
function extreme(
  runtime: Runtime,
  input: Value,
  [caseSensitive = false, attribute = null]: Args,
  sign: number,
): Value {
  const get = makeGetter(runtime, attribute)
  let best: { item: Value; key: Value } | undefined
  for (const item of toList(runtime, input)) {
    const key = toSortKey(get(item), caseSensitive)
    if (best === undefined || sign * orderOf(runtime, key, best.key, sign > 0 ? '>' : '<') > 0)
      best = { item, key }
  }
  return best === undefined ? new Undefined('No aggregated item, sequence was empty.') : best.item
}

function* batches(runtime: Runtime, input: Value, size: number, fill: Value): Generator<Value> {
  let batch: Value[] = []
  for (const item of toList(runtime, input)) {
    if (batch.length === size) {
      yield batch
      batch = []
    }
    batch.push(item)
  }
  if (batch.length === 0) return
  if (fill !== null) {
    runtime.charge(Math.max(0, size - batch.length))
    while (batch.length < size) batch.push(fill)
  }
  yield batch
}

function* columns(runtime: Runtime, input: Value, count: number, fill: Value): Generator<Value> {
  const items = toList(runtime, input)
  if (count === 0) throw typeFault('integer division or modulo by zero')
  const length = Math.floor(items.length / count)
  const longer = items.length - length * count
  let start = 0
  for (let i = 0; i < count; i++) {
    runtime.step()
    const end = start + length + (i < longer ? 1 : 0)
    const column = items.slice(start, end)
    if (fill !== null && i >= longer) column.push(fill)
    start = end
    yield column
  }
}

function groupBy(runtime: Runtime, input: Value, [attribute, fallback, caseSensitive = false]: Args): Value {
  const get = makeGetter(runtime, attribute!, fallback)
  const key = (item: Value) => toSortKey(get(item), caseSensitive)
  const groups: { key: Value; items: Value[] }[] = []
  for (const item of sortBy(runtime, toList(runtime, input), key, false)) {
    const own = key(item)
    const last = groups.at(-1)
    if (last !== undefined && equals(last.key, own)) last.items.push(item)
    else groups.push({ key: own, items: [item] })
  }
  return groups.map(group => new Group(get(group.items[0]!), group.items) as readonly Item[])
}
