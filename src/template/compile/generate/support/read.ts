import {
  getAttribute,
  getAttributeTraced,
  getItem,
  getItemTraced,
  getSlice,
  missingItem,
} from '../../../operations/access.ts'
import type { Cursor } from '../../../operations/cursor.ts'
import { isPlainObject } from '../../../operations/dict.ts'
import { lengthOf, readItemTraced } from '../../../operations/iterate.ts'
import { LoopState } from '../../../operations/loop-state.ts'
import type { Runtime } from '../../../runtime.ts'
import type { ItemNode, Span } from '../../../syntax/ast.ts'
import { DictView, Namespace } from '../../../values/objects.ts'
import { ItemOrigin } from '../../../values/origin.ts'
import { Scalar } from '../../../values/scalar.ts'
import { Str } from '../../../values/str.ts'
import { TemplateObject } from '../../../values/template-object.ts'
import type { Undefined } from '../../../values/undefined.ts'
import type { Item, Value } from '../../../values/value.ts'
import { openCursor } from '../../loop.ts'

/** No variable is this. */
export const NEVER: object = {}

/** A variable that is read for its value. */
export function look(value: Value | undefined, unset: Undefined): Value {
  if (value === undefined) return unset
  return value instanceof Scalar ? value.value : value
}

/** What a plain object has under a key. */
export function itemOf(owner: object, key: string, item: Item | undefined): Value {
  if (typeof item === 'string') return new Str(item, new ItemOrigin(owner, key), 0)
  return item === undefined ? missingItem(owner as Value, key) : item
}

/** As {@link itemOf}, for what is on its way to being printed. */
export function tracedItemOf(owner: object, key: string, item: Item | undefined): Value {
  return item === undefined ? missingItem(owner as Value, key) : readItemTraced(owner, key, item)
}

/** `list[index]`, and all other items. */
export function getItemAt(runtime: Runtime, object: Value, key: Value, node: ItemNode): Value {
  if (Array.isArray(object) && typeof key === 'number' && key >= 0) {
    const item = (object as readonly Item[])[key]
    if (isPlainObject(item)) return item
  }
  runtime.at = node
  return getItem(runtime, object, key)
}

/** As {@link getItemAt}, for what is on its way to being printed. */
export function getTracedItemAt(runtime: Runtime, object: Value, key: Value, node: ItemNode): Value {
  runtime.at = node
  return getItemTraced(runtime, object, key)
}

/** `object.name`, where that may be a method. */
export function getAttributeAt(runtime: Runtime, object: Value, name: string, node: Span): Value {
  runtime.at = node
  return getAttribute(runtime, object, name)
}

/** As {@link getAttributeAt}, for what is on its way to being printed. */
export function getTracedAttributeAt(runtime: Runtime, object: Value, name: string, node: Span): Value {
  runtime.at = node
  return getAttributeTraced(runtime, object, name)
}

/** `object[from:to:step]`. */
export function getSliceAt(
  runtime: Runtime,
  object: Value,
  [from, to, step]: readonly [Value, Value, Value],
  node: Span,
): Value {
  runtime.at = node
  return getSlice(runtime, object, { from, to, step })
}

/** Which message an item of a loop is. */
export function messageOf(runtime: Runtime, item: Value): number | undefined {
  return item instanceof TemplateObject ? undefined : runtime.messageOf(item)
}

/** `namespace.name`, where there is one; undefined for all else. */
export function attributeOf(value: Value | undefined, name: string): Value | undefined {
  return value instanceof Namespace ? value.attributes.get(name) : undefined
}

/** What a loop that is not over a list, or that is asked for itself, pulls its items from. */
export function openLoop(value: Value, isPair: boolean, hasState: boolean): Cursor {
  const cursor = openCursor(value, isPair)
  return hasState ? new LoopState(cursor, value instanceof DictView ? undefined : lengthOf(value)) : cursor
}
