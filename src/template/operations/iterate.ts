import { JsonFloat } from '../../json/index.ts'
import { codePointLength } from '../python/index.ts'
import type { Runtime } from '../runtime.ts'
import { typeFault } from '../template-error.ts'
import { DictView, PyGenerator, PyRange } from '../values/objects.ts'
import { ItemOrigin, KeyOrigin } from '../values/origin.ts'
import { Scalar } from '../values/scalar.ts'
import { asMarkup, Str, sliceStr } from '../values/str.ts'

import { Entry, LooseEntry } from '../values/tuple.ts'
import { Undefined } from '../values/undefined.ts'
import type { Dict, Item, Value } from '../values/value.ts'
import { entriesOf, isDict, keysOf } from './dict.ts'
import { LoopState } from './loop-state.ts'
import { typeNameOf } from './type-name.ts'

/** An item as a value: a string of the data gets its origin. */
export function readItem(owner: object, key: unknown, item: Item): Value {
  return typeof item === 'string' ? new Str(item, new ItemOrigin(owner, key), 0) : item
}

/** As {@link readItem}; numbers, booleans and none get theirs, too. */
export function readItemTraced(owner: object, key: unknown, item: Item): Value {
  if (typeof item === 'string') return new Str(item, new ItemOrigin(owner, key), 0)
  if (typeof item !== 'object' || item === null || item instanceof JsonFloat) {
    return new Scalar(item, new ItemOrigin(owner, key))
  }
  return item
}

/** A dict's key as a value. */
export function readKey(dict: Dict, key: Item): Value {
  // Not one for one: the string at the key's place in the data is the item, not the key.
  return typeof key === 'string' ? new Str(key, new KeyOrigin(dict, key), -1) : key
}

/**
 * The items of a value, read one after the other, numbers with their origins.
 *
 * @throws RenderFault `template/type` for what can't be iterated
 */
export function iterateTraced(value: Value): Iterator<Value> {
  if (Array.isArray(value)) return listItems(value, readItemTraced)
  return iterateOther(value)
}

/** As {@link iterateTraced}, with bare numbers. */
export function iterate(value: Value): Iterator<Value> {
  if (Array.isArray(value)) return listItems(value, readItem)
  return iterateOther(value)
}

/** All items of a value. */
export function toList(runtime: Runtime, value: Value): Value[] {
  const items: Value[] = []
  const iterator = iterate(value)
  for (let next = iterator.next(); !next.done; next = iterator.next()) {
    runtime.step()
    items.push(next.value)
  }
  return items
}

export function isIterable(value: Value): boolean {
  return (
    Array.isArray(value) ||
    isDict(value) ||
    value instanceof Str ||
    value instanceof Undefined ||
    value instanceof DictView ||
    value instanceof PyRange ||
    value instanceof PyGenerator ||
    value instanceof LoopState
  )
}

type Read = (owner: object, key: unknown, item: Item) => Value

function* listItems(list: readonly Item[], read: Read): Generator<Value> {
  for (let i = 0; i < list.length; i++) yield read(list, i, list[i]!)
}

function iterateOther(value: Value): Iterator<Value> {
  if (value instanceof Str) return characters(value)
  if (value instanceof Undefined) return [][Symbol.iterator]()
  if (value instanceof DictView) return viewItems(value)
  if (value instanceof PyRange) return rangeItems(value)
  if (value instanceof PyGenerator) return value.source
  if (value instanceof LoopState) return value.rest()
  if (isDict(value)) return dictKeys(value)
  throw typeFault(`'${typeNameOf(value)}' object is not iterable`)
}

function* characters(str: Str): Generator<Value> {
  for (let at = 0; at < str.text.length; ) {
    const length = str.text.codePointAt(at)! > 0xffff ? 2 : 1
    // Python's iteration over Markup gives plain strs.
    yield asMarkup(sliceStr(str, at, at + length), false)
    at += length
  }
}

function* dictKeys(dict: Dict): Generator<Value> {
  for (const key of keysOf(dict)) yield readKey(dict, key)
}

function* viewItems(view: DictView): Generator<Value> {
  const { dict, part } = view
  for (const [key, item] of entriesOf(dict)) {
    if (part === 'keys') yield readKey(dict, key)
    else if (part === 'values') yield readItemTraced(dict, key, item)
    else yield toEntry(dict, key, item)
  }
}

function toEntry(dict: Dict, key: Item, item: Item): readonly Item[] {
  return new Entry(dict, key, readKey(dict, key), readItem(dict, key, item)) as readonly Item[]
}

/** An item of a loop as a template may see it. */
export function fasten(item: Value): Value {
  return item instanceof LooseEntry ? toEntry(item.owner, item.key, item.item) : item
}

function* rangeItems(range: PyRange): Generator<Value> {
  for (let i = 0; i < range.length; i++) yield range.start + i * range.step
}

/** `len(value)`, or undefined for what has none. */
export function lengthOf(value: Value): number | undefined {
  if (value instanceof Str) return codePointLength(value.text)
  if (Array.isArray(value)) return value.length
  if (value instanceof Undefined) return 0
  if (value instanceof PyRange) return value.length
  if (value instanceof DictView) return keysOf(value.dict).length
  if (value instanceof LoopState) return value.length
  return isDict(value) ? keysOf(value).length : undefined
}

/** The items of a tuple, list or loose entry, for a target that has as many names. @throws RenderFault `template/type` */
export function unpack(value: Value, count: number): Value[] {
  if (value instanceof LooseEntry) {
    return [readKey(value.owner, value.key), readItemTraced(value.owner, value.key, value.item)]
  }
  if (value instanceof Entry && count === 2) {
    const [key, item] = value as readonly Item[]
    return [key as Value, readItemTraced(value.owner, value.key, item as Item)]
  }
  if (!isIterable(value)) throw typeFault(`cannot unpack non-iterable ${typeNameOf(value)} object`)
  const items: Value[] = []
  const iterator = iterateTraced(value)
  for (let next = iterator.next(); !next.done; next = iterator.next()) {
    items.push(next.value)
    if (items.length > count) throw typeFault(`too many values to unpack (expected ${count})`)
  }
  if (items.length < count) {
    throw typeFault(`not enough values to unpack (expected ${count}, got ${items.length})`)
  }
  return items
}
