import { add, binary, concatValues, negate } from '../operations/arithmetic.ts'
import { unwrap } from '../operations/convert.ts'
import { makeDict } from '../operations/dict.ts'
import { truthOf } from '../operations/truth.ts'
import type { Frame, Runtime } from '../runtime.ts'
import type { BinaryNode, BinaryOperator, ConditionNode, Expression, LogicNode } from '../syntax/ast.ts'
import { Scalar } from '../values/scalar.ts'
import { tupleOf } from '../values/tuple.ts'
import { Undefined } from '../values/undefined.ts'
import type { Value } from '../values/value.ts'
import { compileAttribute, compileItem } from './access.ts'
import { compileCall } from './call.ts'
import { compileFilter } from './filter.ts'
import { compileSlot, type Evaluate, findOwnSlot, type Site, toLiteral } from './site.ts'
import { compileTruth } from './truth.ts'

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
      return compileAttribute(site, node, 'value')
    case 'item':
      return compileItem(site, node, 'value')
    case 'call':
      return compileCall(site, node)
    case 'filter': {
      const filter = compileFilter(site, node)
      return frame => unwrap(filter(frame))
    }
    case 'test':
    case 'compare':
      return compileTruth(site, node)
    case 'unary': {
      const { operator } = node
      if (operator === 'not') return compileTruth(site, node)
      const operand = compileExpression(site, node.operand)
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
      return compileAttribute(site, node, 'traced')
    case 'item':
      return compileItem(site, node, 'traced')
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
  const slot = findOwnSlot(site, name)
  if (slot !== undefined) {
    return frame => {
      const value = frame.slots[slot]
      return value === undefined ? unset : value
    }
  }
  const read = compileSlot(site.scope.unit, variable)
  return frame => {
    const value = read(frame)
    return value === undefined ? unset : value
  }
}

function compileBinary(site: Site, node: BinaryNode): Evaluate {
  const left = compileExpression(site, node.left)
  const right = compileExpression(site, node.right)
  const { operator } = node
  const quick = QUICK_SUMS[operator]
  return frame => {
    const a = left(frame)
    const b = right(frame)
    if (quick !== undefined && typeof a === 'number' && typeof b === 'number') {
      const result = quick(a, b)
      if (Number.isInteger(a) && Number.isInteger(b) && Number.isSafeInteger(result)) return result
    }
    return compute(frame.runtime, a, b, node)
  }
}

/** `a operator b`, whatever they are. */
export function compute(runtime: Runtime, a: Value, b: Value, node: BinaryNode): Value {
  runtime.at = node
  return node.operator === '+' ? add(runtime, a, b) : binary(runtime, node.operator, a, b)
}

/** Operators that give an int for two ints; one that is safe is exact. */
const QUICK_SUMS: { readonly [operator in BinaryOperator]?: (a: number, b: number) => number } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
}

function compileLogic(node: LogicNode, left: Evaluate, right: Evaluate): Evaluate {
  const isAnd = node.operator === 'and'
  return frame => {
    const value = left(frame)
    return truthOf(unwrap(value)) === isAnd ? right(frame) : value
  }
}

function compileCondition(
  site: Site,
  node: ConditionNode,
  compile: (site: Site, node: Expression) => Evaluate,
): Evaluate {
  const soft: Site = { ...site, isSoft: true }
  const test = compileTruth(soft, node.test)
  const then = compile(soft, node.then)
  if (node.otherwise === undefined) {
    const { line } = site.compilation.source.place(node.start, node.end)
    const nothing = new Undefined(
      `the inline if-expression on line ${line} evaluated to false and no else section was defined.`,
    )
    return frame => (test(frame) ? then(frame) : nothing)
  }
  const otherwise = compile(soft, node.otherwise)
  return frame => (test(frame) ? then(frame) : otherwise(frame))
}
