import { compare, contains, holdsText } from '../operations/compare.ts'
import { isPlainObject } from '../operations/dict.ts'
import { equals } from '../operations/equals.ts'
import { truthOf } from '../operations/truth.ts'
import type { Runtime } from '../runtime.ts'
import type { CompareNode, CompareOperator, Expression } from '../syntax/ast.ts'
import { computed, Str } from '../values/str.ts'
import type { Item, Value } from '../values/value.ts'
import { compileBare } from './bare.ts'
import { compileExpression } from './expression.ts'
import { compileTest } from './filter.ts'
import type { Check, Site } from './site.ts'

/** Compiles `bool(expression)`: what a branch asks. Values of which only the truth counts are not made. */
export function compileTruth(site: Site, node: Expression): Check {
  switch (node.kind) {
    case 'test':
      return compileTest(site, node)
    case 'compare':
      return node.rest.length === 1 ? compileComparison(site, node) : compileChain(site, node)
    case 'logic': {
      const left = compileTruth(site, node.left)
      const right = compileTruth(site, node.right)
      if (node.operator === 'and') return frame => left(frame) && right(frame)
      return frame => left(frame) || right(frame)
    }
    case 'unary': {
      if (node.operator !== 'not') break
      const operand = compileTruth(site, node.operand)
      return frame => !operand(frame)
    }
  }
  const value = compileBare(site, node)
  return frame => {
    const item = value(frame)
    if (typeof item === 'boolean') return item
    return typeof item === 'string' ? item !== '' : truthOf(item)
  }
}

/** `a operator b`. */
function compileComparison(site: Site, node: CompareNode): Check {
  const { operator, value } = node.rest[0]!
  const left = compileBare(site, node.first)
  if (value.kind === 'constant' && typeof value.value === 'string') {
    if (operator === '==') return compileIs(left, value.value)
    if (operator === '!=') {
      const isEqual = compileIs(left, value.value)
      return frame => !isEqual(frame)
    }
  }
  const right = compileBare(site, value)
  const { first } = node
  if (first.kind === 'constant' && typeof first.value === 'string') {
    if (operator === 'in') return compileHas(node, first.value, right)
    if (operator === 'not in') {
      const has = compileHas(node, first.value, right)
      return frame => !has(frame)
    }
  }
  const check = CHECKS[operator]
  return frame => {
    const a = left(frame)
    const b = right(frame)
    frame.runtime.at = node
    return check(frame.runtime, a, b)
  }
}

/** `value == 'text'`, the most frequent question of all. */
function compileIs(value: ReturnType<typeof compileBare>, text: string): Check {
  return frame => {
    const item = value(frame)
    return item === text || (item instanceof Str && item.text === text)
  }
}

/** `'text' in value`: of a message, whether it has the key; of a string, whether it has the part. */
function compileHas(node: CompareNode, text: string, value: ReturnType<typeof compileBare>): Check {
  const part = computed(text)
  return frame => has(frame.runtime, value(frame), part, node)
}

export function has(runtime: Runtime, item: Item, part: Str, node: CompareNode): boolean {
  const { text } = part
  runtime.at = node
  if (typeof item === 'string') return holdsText(runtime, item, text)
  if (item instanceof Str) return holdsText(runtime, item.text, text)
  if (isPlainObject(item)) return Object.hasOwn(item, text)
  return contains(runtime, item, part)
}

type Compare = (runtime: Runtime, a: Item, b: Item) => boolean

/** The short ways of comparisons: of strings and numbers, which is nearly all that templates compare. */
export const CHECKS: Readonly<Record<CompareOperator, Compare>> = {
  '==': isSame,
  '!=': (runtime, a, b) => !isSame(runtime, a, b),
  in: isIn,
  'not in': (runtime, a, b) => !isIn(runtime, a, b),
  '<': (runtime, a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a < b : compareAll(runtime, '<', a, b),
  '<=': (runtime, a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a <= b : compareAll(runtime, '<=', a, b),
  '>': (runtime, a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a > b : compareAll(runtime, '>', a, b),
  '>=': (runtime, a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a >= b : compareAll(runtime, '>=', a, b),
}

function isSame(runtime: Runtime, a: Item, b: Item): boolean {
  // Containers are counted: they may be large, and within one another.
  return typeof a !== 'object' || a instanceof Str ? equals(a, b) : compareAll(runtime, '==', a, b)
}

function isIn(runtime: Runtime, a: Item, b: Item): boolean {
  const text = typeof b === 'string' ? b : b instanceof Str ? b.text : undefined
  const part = typeof a === 'string' ? a : a instanceof Str ? a.text : undefined
  if (text !== undefined && part !== undefined) return holdsText(runtime, text, part)
  return contains(runtime, toValue(b), toValue(a))
}

function compareAll(runtime: Runtime, operator: CompareOperator, a: Item, b: Item): boolean {
  return compare(runtime, operator, toValue(a), toValue(b))
}

function toValue(item: Item): Value {
  return typeof item === 'string' ? computed(item) : item
}

/** `a < b < c`: what stands between two operators is asked for once. */
function compileChain(site: Site, node: CompareNode): Check {
  const first = compileExpression(site, node.first)
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
