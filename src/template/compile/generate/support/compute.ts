import type { Test } from '../../../filters/filter.ts'
import { concatValues, negate } from '../../../operations/arithmetic.ts'
import { makeDict } from '../../../operations/dict.ts'
import { bindArguments } from '../../../operations/signature.ts'
import { truthOf } from '../../../operations/truth.ts'
import type { Runtime } from '../../../runtime.ts'
import type { BinaryNode, CompareNode, Span } from '../../../syntax/ast.ts'
import { Scalar } from '../../../values/scalar.ts'
import { Str } from '../../../values/str.ts'
import type { Item, Named, Value } from '../../../values/value.ts'
import { compute } from '../../expression.ts'
import { CHECKS } from '../../truth.ts'

/** Whether nothing is to be trimmed, as far as ASCII tells. */
export function isTrimmed(text: string): boolean {
  const { length } = text
  return length === 0 || (isInk(text.charCodeAt(0)) && isInk(text.charCodeAt(length - 1)))
}

function isInk(unit: number): boolean {
  return unit > 0x20 && unit < 0x7f
}

/** `bool(item)` of what lies in a container or a variable; what is not there is false. */
export function truthOfItem(item: Item | undefined): boolean {
  if (item === undefined) return false
  if (typeof item === 'string') return item !== ''
  return item instanceof Scalar ? truthOf(item.value) : truthOf(item)
}

/** `item == text`. */
export function isText(item: Item | undefined, text: string): boolean {
  return item === text || (item instanceof Str && item.text === text)
}

/** `a operator b`. */
export function check(runtime: Runtime, a: Item, b: Item, node: CompareNode): boolean {
  runtime.at = node
  return CHECKS[node.rest[0]!.operator](runtime, a, b)
}

/** `value is test(…)`. */
export function checkTest(
  runtime: Runtime,
  value: Value,
  args: readonly Value[],
  { test, node, named }: { test: Test; node: Span; named: Named | undefined },
): boolean {
  runtime.at = node
  return test.check(runtime, value, bindArguments(test, args, named))
}

/** `a + b`. */
export function add(runtime: Runtime, a: Value, b: Value, node: BinaryNode): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isInteger(a) && Number.isInteger(b) && Number.isSafeInteger(sum)) return sum
  }
  return compute(runtime, a, b, node)
}

/** `a - b`. */
export function subtract(runtime: Runtime, a: Value, b: Value, node: BinaryNode): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (Number.isInteger(a) && Number.isInteger(b) && Number.isSafeInteger(difference)) return difference
  }
  return compute(runtime, a, b, node)
}

/** `-value` and `+value`. */
export function negateAt(runtime: Runtime, operator: '-' | '+', value: Value, node: Span): Value {
  runtime.at = node
  return negate(operator, value)
}

/** `a ~ b`. */
export function concatAt(runtime: Runtime, values: readonly Value[], node: Span): Value {
  runtime.at = node
  return concatValues(runtime, values)
}

/** `{key: value}`. */
export function makeDictAt(
  runtime: Runtime,
  entries: readonly (readonly [Value, Value])[],
  node: Span,
): Value {
  runtime.at = node
  return makeDict(entries)
}
