import { JsonFloat } from '../../json/index.ts'
import { type PyValue, pyCompare } from '../python/index.ts'
import type { Runtime } from '../runtime.ts'
import type { CompareOperator } from '../syntax/ast.ts'
import { typeFault } from '../template-error.ts'
import { DictView } from '../values/objects.ts'
import { Str } from '../values/str.ts'
import { TemplateObject } from '../values/template-object.ts'
import { Undefined } from '../values/undefined.ts'
import type { Item, Value } from '../values/value.ts'
import { toPlain } from './convert.ts'
import { isDict, lookUp } from './dict.ts'
import { equals } from './equals.ts'
import { isIterable, iterate, toList } from './iterate.ts'
import { typeNameOf } from './type-name.ts'

/** `left operator right`. @throws RenderFault, PyError for types that have no order */
export function compare(runtime: Runtime, operator: CompareOperator, left: Value, right: Value): boolean {
  switch (operator) {
    case '==':
      return same(runtime, left, right)
    case '!=':
      return !same(runtime, left, right)
    case 'in':
      return contains(runtime, right, left)
    case 'not in':
      return !contains(runtime, right, left)
    default: {
      if (isSetLike(left) && isSetLike(right)) return compareSets(runtime, operator, left, right)
      const order = orderOf(runtime, left, right, operator)
      if (operator === '<') return order < 0
      if (operator === '<=') return order <= 0
      return operator === '>' ? order > 0 : order >= 0
    }
  }
}

/** The keys and the items of a dict are sets in Python: `<` asks whether one lies within the other. */
function isSetLike(value: Value): value is DictView {
  return value instanceof DictView && value.part !== 'values'
}

function compareSets(runtime: Runtime, operator: CompareOperator, left: DictView, right: DictView): boolean {
  if (operator === '>' || operator === '>=') {
    return compareSets(runtime, operator === '>' ? '<' : '<=', right, left)
  }
  const within = toList(runtime, left)
  const around = toList(runtime, right)
  if (within.length > around.length || (operator === '<' && within.length === around.length)) return false
  runtime.charge(within.length * around.length)
  return within.every(item => around.some(other => equals(item, other)))
}

function same(runtime: Runtime, left: Value, right: Value): boolean {
  // Containers may be large, and within one another.
  if (Array.isArray(left) || isDict(left)) toSize(runtime, left)
  return equals(left, right)
}

function toSize(runtime: Runtime, value: Item): void {
  runtime.step()
  if (typeof value !== 'object' || value === null || value instanceof JsonFloat) return
  if (value instanceof TemplateObject) return
  const items: Iterable<Item> = Array.isArray(value)
    ? (value as readonly Item[])
    : value instanceof Map
      ? (value.values() as Iterable<Item>)
      : Object.values(value as { readonly [key: string]: Item })
  for (const item of items) toSize(runtime, item)
}

/** Negative, 0 or positive, or NaN; as Python orders. */
export function orderOf(runtime: Runtime, left: Value, right: Value, sign = '<'): number {
  if (left instanceof Undefined) throw left.fault()
  if (right instanceof Undefined) throw right.fault()
  const isObject = (value: Value) => value instanceof TemplateObject && !(value instanceof Str)
  if (isObject(left) || isObject(right)) {
    throw typeFault(
      `'${sign}' not supported between instances of '${typeNameOf(left)}' and '${typeNameOf(right)}'`,
    )
  }
  return pyCompare(toPlain(runtime, left) as PyValue, toPlain(runtime, right) as PyValue, sign)
}

/** So many characters are looked through in no time. */
const SHORT_TEXT = 4096

/** Whether a text has a part: to look through a long one is counted, or a template that does nothing else would go on for hours. */
export function holdsText(runtime: Runtime, text: string, part: string): boolean {
  if (text.length > SHORT_TEXT) runtime.chargeText(text.length)
  // A little faster than includes.
  return text.indexOf(part) >= 0
}

/** `item in container`. @throws RenderFault `template/type` where that question makes no sense */
export function contains(runtime: Runtime, container: Value, item: Value): boolean {
  if (container instanceof Str) {
    if (item instanceof Str) return holdsText(runtime, container.text, item.text)
    throw typeFault(`'in <string>' requires string as left operand, not ${typeNameOf(item)}`)
  }
  if (Array.isArray(container)) {
    runtime.charge(container.length)
    return (container as readonly Item[]).some(one => equals(one, item))
  }
  if (isDict(container)) return lookUp(container, item) !== undefined
  if (container instanceof DictView && container.part === 'keys')
    return lookUp(container.dict, item) !== undefined
  if (!isIterable(container)) throw typeFault(`argument of type '${typeNameOf(container)}' is not iterable`)
  const iterator = iterate(container)
  for (let next = iterator.next(); !next.done; next = iterator.next()) {
    runtime.step()
    if (equals(next.value, item)) return true
  }
  return false
}
