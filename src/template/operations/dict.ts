import { JsonFloat } from '../../json/index.ts'
import { typeFault } from '../template-error.ts'
import { DictView } from '../values/objects.ts'
import { Str } from '../values/str.ts'
import { TemplateObject } from '../values/template-object.ts'
import { isTuple } from '../values/tuple.ts'
import type { Dict, Item, Value } from '../values/value.ts'
import { equals } from './equals.ts'
import { typeNameOf } from './type-name.ts'

/** Whether a value is a dict: an object of the data, or what a template made. */
export function isDict(value: unknown): value is Dict {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof TemplateObject) &&
    !(value instanceof JsonFloat)
  )
}

/** Whether a value is an object of the data; what templates make are Maps, and objects of our classes. */
export function isPlainObject(value: unknown): value is { readonly [key: string]: Item } {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Entries in their order; own keys alone, so that no prototype shows through. */
export function entriesOf(dict: Dict): [Item, Item][] {
  return dict instanceof Map ? [...dict] : Object.entries(dict)
}

export function keysOf(dict: Dict): Item[] {
  return dict instanceof Map ? [...dict.keys()] : Object.keys(dict)
}

export function sizeOf(dict: Dict): number {
  return dict instanceof Map ? dict.size : Object.keys(dict).length
}

/** The item under a string key; undefined where there is none. */
export function lookUpText(dict: Dict, key: string): Item | undefined {
  if (dict instanceof Map) return dict.get(key)
  return Object.hasOwn(dict, key) ? (dict as { readonly [key: string]: Item })[key] : undefined
}

/**
 * The item under any key; undefined where there is none.
 *
 * @throws RenderFault `template/type` for lists and dicts, which are no keys
 */
export function lookUp(dict: Dict, key: Value): Item | undefined {
  if (key instanceof Str) return lookUpText(dict, key.text)
  const own = findKey(dict, key)
  return own === undefined ? undefined : (dict as ReadonlyMap<Item, Item>).get(own)
}

/** The dict's own form of a key that is no string: 1, 1.0 and True are one key. */
function findKey(dict: Dict, key: Value): Item | undefined {
  checkHashable(key)
  if (!(dict instanceof Map)) return undefined
  for (const own of dict.keys() as IterableIterator<Item>) {
    if (typeof own !== 'string' && equals(own, key)) return own
  }
  return undefined
}

export function checkHashable(key: Item): void {
  const isView = key instanceof DictView && key.part !== 'values'
  if (isView || isDict(key) || (Array.isArray(key) && !isTuple(key))) {
    throw typeFault(`unhashable type: '${typeNameOf(key as Value)}'`)
  }
  if (Array.isArray(key)) for (const item of key as readonly Item[]) checkHashable(item)
}

/** A dict of a template's own making. Of equal keys the first stays, with the last one's item. */
export function makeDict(entries: Iterable<readonly [Value, Value]>): ReadonlyMap<Item, Item> {
  const dict = new Map<Item, Item>()
  for (const [key, item] of entries)
    dict.set(key instanceof Str ? key.text : (findKey(dict, key) ?? key), item)
  return dict
}
