import { JsonFloat } from '../../json/index.ts'
import {
  getAttribute,
  getAttributeTraced,
  getItem,
  getItemTraced,
  getSlice,
  missingItem,
} from '../operations/access.ts'
import { add, binary, concatValues, negate } from '../operations/arithmetic.ts'
import { compare } from '../operations/compare.ts'
import { unwrap } from '../operations/convert.ts'
import { makeDict } from '../operations/dict.ts'
import { equals } from '../operations/equals.ts'
import { truthOf } from '../operations/truth.ts'
import type { Frame } from '../runtime.ts'
import type {
  AttributeNode,
  BinaryNode,
  CompareNode,
  CompareOperator,
  ConditionNode,
  Expression,
  ItemNode,
  LogicNode,
  SliceNode,
} from '../syntax/ast.ts'
import { ItemOrigin } from '../values/origin.ts'
import { Scalar } from '../values/scalar.ts'
import { Str } from '../values/str.ts'
import { tupleOf } from '../values/tuple.ts'
import { Undefined } from '../values/undefined.ts'
import type { Item, Value } from '../values/value.ts'
import { compileCall } from './call.ts'
import { compileFilter, compileTest } from './filter.ts'
import { compileSlot, type Evaluate, type Site, toLiteral } from './site.ts'

/** Compiles an expression. What it gives is never a Scalar. */
export function compileExpression(site: Site, node: Expression): Evaluate {
  switch (node.kind) {
    case 'constant': {
      const value = typeof node.value === 'string' ? toLiteral(site, node.value, node) : node.value
      return () => value
    }
    case 'name': {
      const read = compileName(site, node.name)
      const slot = findOwnSlot(site, node.name)
      if (slot === undefined) return frame => unwrap(read(frame))
      return frame => {
        const value = frame.slots[slot]
        if (value === undefined) return read(frame)
        return value instanceof Scalar ? value.value : value
      }
    }
    case 'tuple':
    case 'list': {
      const items = node.items.map(item => compileExpression(site, item))
      const isList = node.kind === 'list'
      return frame => {
        const values = evaluateAll(frame, items)
        return isList ? values : tupleOf(values)
      }
    }
    case 'dict': {
      const entries = node.entries.map(
        ({ key, value }) => [compileExpression(site, key), compileExpression(site, value)] as const,
      )
      return frame => {
        const values = entries.map(([key, value]) => [key(frame), value(frame)] as const)
        frame.runtime.at = node
        return makeDict(values)
      }
    }
    case 'attribute':
      return compileAttribute(site, node, false)
    case 'item':
      return compileItem(site, node, false)
    case 'call':
      return compileCall(site, node)
    case 'filter': {
      const filter = compileFilter(site, node)
      return frame => unwrap(filter(frame))
    }
    case 'test':
      return compileTest(site, node)
    case 'unary': {
      const operand = compileExpression(site, node.operand)
      const { operator } = node
      if (operator === 'not') return frame => !truthOf(operand(frame))
      return frame => {
        const value = operand(frame)
        frame.runtime.at = node
        return negate(operator, value)
      }
    }
    case 'binary':
      return compileBinary(site, node)
    case 'logic':
      return compileLogic(node, compileExpression(site, node.left), compileExpression(site, node.right))
    case 'compare':
      return compileCompare(site, node)
    case 'concat': {
      const items = node.items.map(item => compileTraced(site, item))
      return frame => {
        const values = evaluateAll(frame, items)
        frame.runtime.at = node
        return concatValues(frame.runtime, values)
      }
    }
    case 'condition':
      return compileCondition(site, node, compileExpression)
    default: {
      const never: never = node
      return never
    }
  }
}

/** As {@link compileExpression}, for what is on its way to being printed: a number of the data comes as a Scalar, with its origin. */
export function compileTraced(site: Site, node: Expression): Evaluate {
  switch (node.kind) {
    case 'name':
      return compileName(site, node.name)
    case 'attribute':
      return compileAttribute(site, node, true)
    case 'item':
      return compileItem(site, node, true)
    case 'filter':
      return compileFilter(site, node)
    case 'logic':
      return compileLogic(node, compileTraced(site, node.left), compileTraced(site, node.right))
    case 'condition':
      return compileCondition(site, node, compileTraced)
    default:
      return compileExpression(site, node)
  }
}

export function evaluateAll(frame: Frame, items: readonly Evaluate[]): Value[] {
  const values: Value[] = []
  for (let i = 0; i < items.length; i++) values.push(items[i]!(frame))
  return values
}

function compileName(site: Site, name: string): Evaluate {
  const variable = site.scope.find(name)
  const unset = new Undefined(`'${name}' is undefined`)
  if (variable === undefined) return () => unset
  const read = compileSlot(site.scope.unit, variable)
  return frame => {
    const value = read(frame)
    return value === undefined ? unset : value
  }
}

/** The slot of a variable that lives in the function at hand, as most do; undefined for all others. */
function findOwnSlot(site: Site, name: string): number | undefined {
  const variable = site.scope.find(name)
  return variable?.unit === site.scope.unit ? variable.slot : undefined
}

/** The item of a plain object of the data, which is what most accesses ask for; undefined where the long way has to be gone. */
function ownItem(object: Value | undefined, key: string): Item | undefined {
  if (!isPlainObject(object)) return undefined
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function isPlainObject(value: Value | undefined): value is { readonly [key: string]: Item } {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function compileAttribute(site: Site, node: AttributeNode, isTraced: boolean): Evaluate {
  const object = compileExpression(site, node.object)
  const { name } = node
  const get = isTraced ? getAttributeTraced : getAttribute
  const isShort = !mayBeMethod(name)
  const access: Evaluate = frame => {
    const value = object(frame)
    const item = isShort ? ownItem(value, name) : undefined
    if (item !== undefined) return wrap(value as object, name, item, isTraced)
    frame.runtime.at = node
    return get(frame.runtime, value, name)
  }
  return isShort ? compileVariableItem(site, node, { key: name, isTraced, access }) : access
}

/** `variable.key`, which is most of what templates ask, in one step; everything else goes the way of `access`. */
function compileVariableItem(
  site: Site,
  node: AttributeNode | ItemNode,
  { key, isTraced, access }: { key: string; isTraced: boolean; access: Evaluate },
): Evaluate {
  const slot = node.object.kind === 'name' ? findOwnSlot(site, node.object.name) : undefined
  if (slot === undefined) return access
  const isShort = !mayBeMethod(key)
  return frame => {
    const value = frame.slots[slot]
    const item = ownItem(value, key)
    if (item !== undefined) return wrap(value as object, key, item, isTraced)
    // Templates ask for much that is not there: `message.tool_calls`.
    return isShort && isPlainObject(value) ? missingItem(value, key) : access(frame)
  }
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
function mayBeMethod(name: string): boolean {
  return METHOD_NAMES.has(name) || name.startsWith('__')
}

function wrap(owner: object, key: string, item: Item, isTraced: boolean): Value {
  if (typeof item === 'string') return new Str(item, new ItemOrigin(owner, key), 0)
  if (isTraced && (typeof item !== 'object' || item === null || item instanceof JsonFloat)) {
    return new Scalar(item, new ItemOrigin(owner, key))
  }
  return item
}

function compileItem(site: Site, node: ItemNode, isTraced: boolean): Evaluate {
  const object = compileExpression(site, node.object)
  if (node.index.kind === 'slice') return compileSlice(site, node, node.index, object)
  const get = isTraced ? getItemTraced : getItem
  if (node.index.kind === 'constant' && typeof node.index.value === 'string') {
    const key = toLiteral(site, node.index.value, node.index)
    const access: Evaluate = frame => {
      const value = object(frame)
      const item = ownItem(value, key.text)
      if (item !== undefined) return wrap(value as object, key.text, item, isTraced)
      frame.runtime.at = node
      return get(frame.runtime, value, key)
    }
    return compileVariableItem(site, node, { key: key.text, isTraced, access })
  }
  const index = compileExpression(site, node.index)
  return frame => {
    const value = object(frame)
    const key = index(frame)
    frame.runtime.at = node
    return get(frame.runtime, value, key)
  }
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

function compileBinary(site: Site, node: BinaryNode): Evaluate {
  const left = compileExpression(site, node.left)
  const right = compileExpression(site, node.right)
  const { operator } = node
  if (operator === '+') {
    return frame => {
      const a = left(frame)
      const b = right(frame)
      frame.runtime.at = node
      return add(frame.runtime, a, b)
    }
  }
  return frame => {
    const a = left(frame)
    const b = right(frame)
    frame.runtime.at = node
    return binary(frame.runtime, operator, a, b)
  }
}

function compileLogic(node: LogicNode, left: Evaluate, right: Evaluate): Evaluate {
  const isAnd = node.operator === 'and'
  return frame => {
    const value = left(frame)
    return truthOf(unwrap(value)) === isAnd ? right(frame) : value
  }
}

function compileCompare(site: Site, node: CompareNode): Evaluate {
  const first = compileExpression(site, node.first)
  if (node.rest.length === 1) {
    const { operator, value } = node.rest[0]!
    if (
      value.kind === 'constant' &&
      typeof value.value === 'string' &&
      (operator === '==' || operator === '!=')
    ) {
      const { value: text } = value
      const isEqual = operator === '=='
      return frame => {
        const left = first(frame)
        return (left instanceof Str && left.text === text) === isEqual
      }
    }
    const right = compileExpression(site, value)
    return frame => {
      const a = first(frame)
      const b = right(frame)
      frame.runtime.at = node
      return compareQuickly(frame, operator, a, b)
    }
  }
  const rest = node.rest.map(({ operator, value }) => ({ operator, value: compileExpression(site, value) }))
  return frame => {
    let left = first(frame)
    for (const { operator, value } of rest) {
      const right = value(frame)
      frame.runtime.at = node
      if (!compare(frame.runtime, operator, left, right)) return false
      left = right
    }
    return true
  }
}

function compareQuickly(frame: Frame, operator: CompareOperator, a: Value, b: Value): boolean {
  if (typeof a !== 'object' || a instanceof Str) {
    if (operator === '==') return equals(a, b)
    if (operator === '!=') return !equals(a, b)
  }
  return compare(frame.runtime, operator, a, b)
}

function compileCondition(
  site: Site,
  node: ConditionNode,
  compile: (site: Site, node: Expression) => Evaluate,
): Evaluate {
  const soft: Site = { ...site, isSoft: true }
  const test = compileExpression(soft, node.test)
  const then = compile(soft, node.then)
  if (node.otherwise === undefined) {
    const { line } = site.compilation.source.place(node.start, node.end)
    const nothing = new Undefined(
      `the inline if-expression on line ${line} evaluated to false and no else section was defined.`,
    )
    return frame => (truthOf(test(frame)) ? then(frame) : nothing)
  }
  const otherwise = compile(soft, node.otherwise)
  return frame => (truthOf(test(frame)) ? then(frame) : otherwise(frame))
}
