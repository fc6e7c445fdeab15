import { codePointAt, codePointSliceRanges, sliceIndices } from '../python/index.ts'
import type { Runtime } from '../runtime.ts'
import { typeFault } from '../template-error.ts'
import { Callable, Cycler, Macro, Namespace, PyRange } from '../values/objects.ts'
import { asMarkup, concatAll, Str, sliceStr } from '../values/str.ts'
import { TemplateObject } from '../values/template-object.ts'
import { Entry, Group, isTuple, tupleOf } from '../values/tuple.ts'
import { Undefined } from '../values/undefined.ts'
import type { Item, Named, Value } from '../values/value.ts'
import { unwrap } from './convert.ts'
import { isDict, lookUp, lookUpText } from './dict.ts'
import { readItem, readItemTraced } from './iterate.ts'
import { LoopState } from './loop-state.ts'
import { DICT_METHODS, LIST_METHODS, MUTATING, PYTHON_INTERNALS, TUPLE_METHODS } from './methods.ts'
import type { Method } from './signature.ts'
import { callMethod } from './signature.ts'
import { STR_METHODS } from './str-methods.ts'
import { typeNameOf } from './type-name.ts'

/**
 * `object.name` and `object['key']`. This is the one place where a template reaches into what it was given: nothing but own keys,
 * items, and the methods in our tables can be had, so no prototype of JavaScript is ever touched.
 */

type Read = (owner: object, key: unknown, item: Item) => Value

/** `object.name`: a method first, then an item, as Jinja2's sandbox. @throws RenderFault `template/undefined` */
export function getAttribute(runtime: Runtime, object: Value, name: string): Value {
  return attribute(runtime, object, name, readItem)
}

/** As {@link getAttribute}, for what is about to be printed: numbers keep their origins. */
export function getAttributeTraced(runtime: Runtime, object: Value, name: string): Value {
  return attribute(runtime, object, name, readItemTraced)
}

function attribute(runtime: Runtime, object: Value, name: string, read: Read): Value {
  const own = ownAttribute(runtime, object, name)
  if (own !== undefined) return own
  if (isDict(object)) {
    const item = lookUpText(object, name)
    if (item !== undefined) return read(object, name, item)
  }
  return missingItem(object, name)
}

/** `object[key]`: an item first, then a method. @throws RenderFault `template/undefined` */
export function getItem(runtime: Runtime, object: Value, key: Value): Value {
  return item(runtime, object, key, readItem)
}

/** As {@link getItem}, for what is about to be printed: numbers keep their origins. */
export function getItemTraced(runtime: Runtime, object: Value, key: Value): Value {
  if (object instanceof Entry && (key === 1 || key === -1)) {
    return readItemTraced(object.owner, object.key, (object as readonly Item[])[1]!)
  }
  return item(runtime, object, key, readItemTraced)
}

function item(runtime: Runtime, object: Value, key: Value, read: Read): Value {
  if (object instanceof Undefined) throw object.fault()
  const found = findItem(object, key, read)
  if (found !== undefined) return found
  if (key instanceof Str) {
    const own = ownAttribute(runtime, object, key.text)
    if (own !== undefined) return own
  }
  return missingItem(object, key instanceof Str ? key.text : undefined)
}

function findItem(object: Value, key: Value, read: Read): Value | undefined {
  if (Array.isArray(object)) {
    const index = indexOf(key)
    if (index === undefined) return undefined
    const at = index < 0 ? index + object.length : index
    return at >= 0 && at < object.length ? read(object, at, (object as readonly Item[])[at]!) : undefined
  }
  if (object instanceof Str) {
    const index = indexOf(key)
    const span = index === undefined ? undefined : codePointAt(object.text, index)
    return span === undefined ? undefined : sliceStr(object, span[0], span[1])
  }
  if (object instanceof PyRange) {
    const index = indexOf(key)
    if (index === undefined) return undefined
    const at = index < 0 ? index + object.length : index
    return at >= 0 && at < object.length ? object.start + at * object.step : undefined
  }
  if (!isDict(object)) return undefined
  if (!(key instanceof Str) && (isDict(key) || (Array.isArray(key) && !isTuple(key)))) return undefined
  const found = lookUp(object, key)
  return found === undefined ? undefined : read(object, key instanceof Str ? key.text : key, found)
}

/** An index in Python's sense: an int or a bool. */
function indexOf(key: Value): number | undefined {
  if (typeof key === 'number') return Number.isInteger(key) ? key : undefined
  if (typeof key === 'boolean') return key ? 1 : 0
  return undefined
}

/** What Python's getattr finds, methods above all; undefined where there is no such attribute. */
function ownAttribute(runtime: Runtime, object: Value, name: string): Value | undefined {
  if (name.startsWith('__') && PYTHON_INTERNALS.has(name)) return unsafe(object, name)
  if (object instanceof Undefined) throw object.fault()
  if (object instanceof TemplateObject) return objectAttribute(runtime, object, name)
  if (typeof object !== 'object' || object === null) return undefined
  const methods = methodsOf(object)
  const method = methods?.get(name)
  if (method !== undefined) return bind(runtime, object, method)
  if (object instanceof Group) {
    const [grouper, list] = object as readonly Item[]
    if (name === 'grouper') return grouper as Value
    if (name === 'list') return list as Value
  }
  return methods !== undefined && MUTATING.get(methods)!.has(name) ? unsafe(object, name) : undefined
}

function objectAttribute(runtime: Runtime, object: TemplateObject, name: string): Value | undefined {
  if (object instanceof Str) {
    const method = STR_METHODS.get(name)
    return method === undefined ? undefined : bind(runtime, object, method)
  }
  if (object instanceof Namespace) {
    const value = object.attributes.get(name)
    return value !== undefined && name.startsWith('_') ? unsafe(object, name) : value
  }
  if (object instanceof LoopState) return loopAttribute(object, name)
  if (object instanceof Macro) return object.attributes.get(name)
  if (object instanceof Cycler) return cyclerAttribute(object, name)
  if (object instanceof PyRange && (name === 'start' || name === 'stop' || name === 'step'))
    return object[name]
  return undefined
}

function loopAttribute(loop: LoopState, name: string): Value | undefined {
  if (name === 'cycle') return new Callable('cycle', items => loop.cycle(items))
  if (name === 'changed') return new Callable('changed', values => loop.changed(values))
  const value = loop.attribute(name)
  return value === undefined ? undefined : unwrap(value)
}

function cyclerAttribute(cycler: Cycler, name: string): Value | undefined {
  if (name === 'current') return cycler.current
  if (name === 'next') return new Callable('next', () => cycler.next())
  if (name !== 'reset') return undefined
  return new Callable('reset', () => {
    cycler.reset()
    return null
  })
}

function methodsOf(object: object): ReadonlyMap<string, Method> | undefined {
  if (Array.isArray(object)) return isTuple(object) ? TUPLE_METHODS : LIST_METHODS
  return isDict(object) ? DICT_METHODS : undefined
}

function bind(runtime: Runtime, self: Value, method: Method): Callable {
  return new Callable(method.name, (positional, named) =>
    callMethod(runtime, method, self, positional, named),
  )
}

/** What an item or attribute that is not there gives. */
export function missingItem(object: Value, name: string | undefined): Undefined {
  return new Undefined(() => {
    if (name === undefined) return `${describe(object)} has no element with that index or key`
    return `${describe(object)} has no attribute '${name}'`
  })
}

function describe(object: Value): string {
  return object === null ? "'None'" : `'${typeNameOf(object)} object'`
}

function unsafe(object: Value, name: string): Undefined {
  return new Undefined(
    `access to attribute '${name}' of '${typeNameOf(object)}' object is unsafe.`,
    'template/security',
  )
}

/**
 * Calls a method of a value without making a bound method first; undefined where the value has no such method, and the call has to go
 * the long way.
 */
export function callNamedMethod(
  runtime: Runtime,
  self: Value,
  name: string,
  positional: readonly Value[],
  named: Named | undefined,
): Value | undefined {
  const methods =
    self instanceof Str
      ? STR_METHODS
      : typeof self === 'object' && self !== null && !(self instanceof TemplateObject)
        ? methodsOf(self)
        : undefined
  const method = methods?.get(name)
  return method === undefined ? undefined : callMethod(runtime, method, self, positional, named)
}

/** `callee(…)`. @throws RenderFault `template/undefined` or `template/type` for what can't be called */
export function callValue(
  runtime: Runtime,
  callee: Value,
  positional: readonly Value[],
  named: Named | undefined,
): Value {
  if (callee instanceof Callable) return callee.call(positional, named, runtime)
  if (callee instanceof LoopState) return callee.recurse(positional, named)
  if (callee instanceof Undefined) throw callee.fault()
  throw typeFault(`'${typeNameOf(callee)}' object is not callable`)
}

/** `object[from:to:step]`. @throws RenderFault `template/type` for what has no slices */
export function getSlice(
  runtime: Runtime,
  object: Value,
  bounds: { from: Value; to: Value; step: Value },
): Value {
  if (object instanceof Undefined) throw object.fault()
  const [from, to, step] = [sliceBound(bounds.from), sliceBound(bounds.to), sliceBound(bounds.step)]
  if (object instanceof Str) {
    runtime.chargeText(object.text.length)
    const spans = codePointSliceRanges(object.text, from, to, step)
    if (spans.length === 1) return sliceStr(object, spans[0]![0], spans[0]![1])
    runtime.charge(spans.length)
    return asMarkup(concatAll(spans.map(([start, end]) => sliceStr(object, start, end))), object.safe)
  }
  if (object instanceof PyRange) return sliceRange(object, from, to, step)
  if (!Array.isArray(object)) throw sliceFault(object)
  const list = object as readonly Item[]
  const indices = sliceIndices(list.length, from, to, step)
  const items: Item[] = []
  for (let i = indices.start; indices.step > 0 ? i < indices.stop : i > indices.stop; i += indices.step) {
    items.push(readItem(list, i, list[i]!))
  }
  runtime.charge(items.length)
  return isTuple(list) ? tupleOf(items) : items
}

function sliceRange(range: PyRange, from?: number, to?: number, step?: number): PyRange {
  const { start, stop, step: by } = sliceIndices(range.length, from, to, step)
  return new PyRange(range.start + start * range.step, range.start + stop * range.step, by * range.step)
}

function sliceBound(value: Value): number | undefined {
  if (value === null) return undefined
  const index = indexOf(value)
  if (index !== undefined) return index
  if (typeof value === 'bigint') return value < 0n ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER
  throw typeFault('slice indices must be integers or None or have an __index__ method')
}

function sliceFault(object: Value): Error {
  if (isDict(object)) return typeFault("unhashable type: 'slice'")
  return typeFault(`'${typeNameOf(object)}' object is not subscriptable`)
}
