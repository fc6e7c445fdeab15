import { JsonFloat } from '../../json/index.ts'
import {
  getAttribute,
  getAttributeTraced,
  getItem,
  getItemTraced,
  getSlice,
  missingItem,
} from '../operations/access.ts'
import { isPlainObject } from '../operations/dict.ts'
import { LoopState } from '../operations/loop-state.ts'
import type { Runtime } from '../runtime.ts'
import type { AttributeNode, Expression, ItemNode, SliceNode } from '../syntax/ast.ts'
import { Namespace } from '../values/objects.ts'
import { ItemOrigin } from '../values/origin.ts'
import { Scalar } from '../values/scalar.ts'
import { Str } from '../values/str.ts'
import { TemplateObject } from '../values/template-object.ts'
import type { Item, Value } from '../values/value.ts'
import type { EvaluateBare } from './bare.ts'
import { compileExpression } from './expression.ts'
import { type Evaluate, findOwnSlot, type Site, toLiteral } from './site.ts'

/**
 * How an item of the data is wanted: as a value (a string as a Str with its origin); traced (numbers with their origins, too); or bare, for
 * a comparison, as it lies there.
 */
export type Form = 'value' | 'traced' | 'bare'

/** `object.name`. */
export function compileAttribute(site: Site, node: AttributeNode, form: 'value' | 'traced'): Evaluate
export function compileAttribute(site: Site, node: AttributeNode, form: Form): EvaluateBare
export function compileAttribute(site: Site, node: AttributeNode, form: Form): EvaluateBare {
  const object = compileExpression(site, node.object)
  const { name } = node
  const get = form === 'traced' ? getAttributeTraced : getAttribute
  if (mayBeMethod(name)) {
    return frame => {
      const value = object(frame)
      frame.runtime.at = node
      return get(frame.runtime, value, name)
    }
  }
  const access: EvaluateBare = frame => readAttribute(frame.runtime, object(frame), node, form)
  return compileVariableItem(site, node, { key: name, form, access })
}

/** `object.name`, where no dict has a method of that name. */
export function readAttribute(runtime: Runtime, object: Value, node: AttributeNode, form: Form): Item {
  const { name } = node
  if (object instanceof TemplateObject) {
    const own = templateAttribute(object, name)
    if (own !== undefined) return own
  } else {
    const item = ownItem(object, name)
    if (item !== undefined) return wrap(object as object, name, item, form)
  }
  runtime.at = node
  return form === 'traced' ? getAttributeTraced(runtime, object, name) : getAttribute(runtime, object, name)
}

/** `object['key']`, `object[index]`, `object[from:to]`. */
export function compileItem(site: Site, node: ItemNode, form: 'value' | 'traced'): Evaluate
export function compileItem(site: Site, node: ItemNode, form: Form): EvaluateBare
export function compileItem(site: Site, node: ItemNode, form: Form): EvaluateBare {
  const object = compileExpression(site, node.object)
  if (node.index.kind === 'slice') return compileSlice(site, node, node.index, object)
  const get = form === 'traced' ? getItemTraced : getItem
  if (node.index.kind === 'constant' && typeof node.index.value === 'string') {
    const key = toLiteral(site, node.index.value, node.index)
    const access: EvaluateBare = frame => readKey(frame.runtime, object(frame), { key, node, form })
    return mayBeMethod(key.text) ? access : compileVariableItem(site, node, { key: key.text, form, access })
  }
  const index = compileExpression(site, node.index)
  return frame => {
    const value = object(frame)
    const key = index(frame)
    frame.runtime.at = node
    return get(frame.runtime, value, key)
  }
}

/** `object['key']`. */
export function readKey(
  runtime: Runtime,
  object: Value,
  { key, node, form }: { key: Str; node: ItemNode; form: Form },
): Item {
  const item = ownItem(object, key.text)
  if (item !== undefined) return wrap(object as object, key.text, item, form)
  runtime.at = node
  return form === 'traced' ? getItemTraced(runtime, object, key) : getItem(runtime, object, key)
}

/** `variable.key`, which is most of what templates ask, in one step; everything else goes the way of `access`. */
function compileVariableItem(
  site: Site,
  node: AttributeNode | ItemNode,
  { key, form, access }: { key: string; form: Form; access: EvaluateBare },
): EvaluateBare {
  const slot = node.object.kind === 'name' ? findOwnSlot(site, node.object.name) : undefined
  // What every object of JavaScript inherits under that name, a dict must not be taken to have.
  if (slot === undefined || key in Object.prototype) return access
  // What is only looked at may be the same one each time: all dicts miss a key in the same words.
  const missing = missingItem({}, key)
  return frame => {
    const value = frame.slots[slot]
    const { runtime } = frame
    if (value === undefined || value !== runtime.plain) {
      if (!isPlainObject(value)) return access(frame)
      runtime.plain = value
    }
    // Its prototype has no such key: what is found is its own.
    const item = value[key]
    // Templates ask for much that is not there: `message.tool_calls`.
    if (item === undefined) return form === 'bare' ? missing : missingItem(value, key)
    return wrap(value, key, item, form)
  }
}

/** The item of a plain object of the data, which is what most accesses ask for; undefined where the long way has to be gone. */
function ownItem(object: Value | undefined, key: string): Item | undefined {
  if (!isPlainObject(object)) return undefined
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** What `loop` and namespaces say at once; undefined where the long way has to be gone. */
function templateAttribute(object: TemplateObject, name: string): Value | undefined {
  const value =
    object instanceof LoopState
      ? object.attribute(name)
      : object instanceof Namespace && !name.startsWith('_')
        ? object.attributes.get(name)
        : undefined
  return value instanceof Scalar ? value.value : value
}

const METHOD_NAMES: ReadonlySet<string> = new Set([
  'get',
  'items',
  'keys',
  'values',
  'copy',
  'clear',
  'pop',
  'popitem',
  'setdefault',
  'update',
  'fromkeys',
])

/** Whether dicts have a method of that name: it comes before an item. */
export function mayBeMethod(name: string): boolean {
  return METHOD_NAMES.has(name) || name.startsWith('__')
}

function wrap(owner: object, key: string, item: Item, form: Form): Item {
  if (form === 'bare') return item
  if (typeof item === 'string') return new Str(item, new ItemOrigin(owner, key), 0)
  if (form === 'traced' && (typeof item !== 'object' || item === null || item instanceof JsonFloat)) {
    return new Scalar(item, new ItemOrigin(owner, key))
  }
  return item
}

function compileSlice(site: Site, node: ItemNode, slice: SliceNode, object: Evaluate): Evaluate {
  const bound = (expression: Expression | undefined): Evaluate =>
    expression === undefined ? () => null : compileExpression(site, expression)
  const [from, to, step] = [bound(slice.from), bound(slice.to), bound(slice.step)]
  return frame => {
    const value = object(frame)
    const bounds = { from: from(frame), to: to(frame), step: step(frame) }
    frame.runtime.at = node
    return getSlice(frame.runtime, value, bounds)
  }
}
