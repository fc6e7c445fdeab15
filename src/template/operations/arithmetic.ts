import { JsonFloat } from '../../json/index.ts'
import {
  floorDiv,
  mod,
  type PyValue,
  pow,
  pyAdd,
  pyMultiply,
  pyNegate,
  pyPositive,
  pySubtract,
  trueDiv,
} from '../python/index.ts'
import type { Runtime } from '../runtime.ts'
import type { BinaryOperator } from '../syntax/ast.ts'
import { limitFault, typeFault } from '../template-error.ts'
import { asMarkup, concat, concatAll, EMPTY, Str } from '../values/str.ts'
import { isTuple, tupleOf } from '../values/tuple.ts'
import { Undefined } from '../values/undefined.ts'
import type { Item, Value } from '../values/value.ts'
import { toSoftStr } from './convert.ts'
import { percentStr } from './format.ts'
import { readItem } from './iterate.ts'
import { escapeStr } from './markup.ts'
import { typeNameOf } from './type-name.ts'

/** Beyond this no product of ints is computed: a template could double their digits in a loop. */
const MAX_INT = 2n ** 1_000_000n

/** `left operator right` as Python has it for its own types. @throws RenderFault, PyError */
export function binary(runtime: Runtime, operator: BinaryOperator, left: Value, right: Value): Value {
  if (left instanceof Undefined) throw left.fault()
  if (right instanceof Undefined && !(operator === '%' && left instanceof Str)) throw right.fault()
  switch (operator) {
    case '+':
      return add(runtime, left, right)
    case '*':
      return multiply(runtime, left, right)
    case '%':
      if (left instanceof Str) return percentStr(runtime, left, right)
      return mod(number('%', left, right), right as PyValue) as Value
    case '-':
      return pySubtract(number('-', left, right), right as PyValue) as Value
    case '/':
      return trueDiv(number('/', left, right), right as PyValue) as Value
    case '//':
      return floorDiv(number('//', left, right), right as PyValue) as Value
    case '**':
      return pow(number('** or pow()', left, right), right as PyValue) as Value
  }
}

function isNumber(value: Value): value is number | bigint | boolean | JsonFloat {
  return (
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    value instanceof JsonFloat
  )
}

function number(sign: string, left: Value, right: Value): PyValue {
  if (isNumber(left) && isNumber(right)) return left
  throw typeFault(`unsupported operand type(s) for ${sign}: '${typeNameOf(left)}' and '${typeNameOf(right)}'`)
}

/** `left + right`. */
export function add(runtime: Runtime, left: Value, right: Value): Value {
  if (left instanceof Str && right instanceof Str) return addStrs(runtime, left, right)
  if (Array.isArray(left) && Array.isArray(right) && isTuple(left) === isTuple(right)) {
    runtime.charge(2 * (left.length + right.length))
    const items = [...readAll(left), ...readAll(right)]
    return isTuple(left) ? tupleOf(items) : items
  }
  if (left instanceof Undefined) throw left.fault()
  if (right instanceof Undefined) throw right.fault()
  if (left instanceof Str) {
    throw typeFault(`can only concatenate str (not "${typeNameOf(right)}") to str`)
  }
  return pyAdd(number('+', left, right), right as PyValue) as Value
}

function addStrs(runtime: Runtime, left: Str, right: Str): Str {
  const length = left.text.length + right.text.length
  if (length > runtime.limits.maxLength) runtime.chargeText(length)
  if (!left.safe && !right.safe) return concat(left, right)
  // What is added to Markup is escaped, on either side.
  return asMarkup(concat(escapeStr(runtime, left), escapeStr(runtime, right)), true)
}

/** The items of a list, those of the data with their origins. */
export function readAll(list: readonly Item[]): Item[] {
  return Array.from(list, (item, i) => readItem(list, i, item))
}

function multiply(runtime: Runtime, left: Value, right: Value): Value {
  const sequence = isSequence(left) ? left : isSequence(right) ? right : undefined
  const times = sequence === left ? right : left
  if (sequence !== undefined && isNumber(times) && isWhole(times)) {
    if (typeof times === 'bigint') throw typeFault("cannot fit 'int' into an index-sized integer")
    return repeat(runtime, sequence, Math.max(0, Number(times)))
  }
  const product = number('*', left, right)
  if (typeof left === 'bigint' || typeof right === 'bigint') checkDigits(left, right)
  return pyMultiply(product, right as PyValue) as Value
}

function isSequence(value: Value): value is Str | readonly Item[] {
  return value instanceof Str || Array.isArray(value)
}

function isWhole(value: number | bigint | boolean | JsonFloat): boolean {
  return typeof value === 'bigint' || typeof value === 'boolean' || Number.isInteger(value)
}

function repeat(runtime: Runtime, sequence: Str | readonly Item[], times: number): Value {
  if (sequence instanceof Str) {
    if (times === 1) return sequence
    runtime.chargeText(sequence.text.length * times)
    if (sequence.text === '' || times === 0) return asMarkup(EMPTY, sequence.safe)
    // More than a few copies are told as one stretch: who counts them?
    if (times <= 64) return asMarkup(concatAll(new Array<Str>(times).fill(sequence)), sequence.safe)
    return new Str(sequence.text.repeat(times), sequence.origin, -1, sequence.safe)
  }
  runtime.charge(sequence.length * times)
  const once = readAll(sequence)
  const items: Item[] = []
  for (let i = 0; i < times && once.length > 0; i++) for (const item of once) items.push(item)
  return isTuple(sequence) ? tupleOf(items) : items
}

function checkDigits(left: Value, right: Value): void {
  for (const value of [left, right]) {
    if (typeof value === 'bigint' && (value > MAX_INT || value < -MAX_INT)) {
      throw limitFault('the product has too many digits')
    }
  }
}

/** `-value` and `+value`. */
export function negate(operator: '-' | '+', value: Value): Value {
  if (value instanceof Undefined) throw value.fault()
  if (!isNumber(value)) {
    throw typeFault(`bad operand type for unary ${operator}: '${typeNameOf(value)}'`)
  }
  return (operator === '-' ? pyNegate(value) : pyPositive(value)) as Value
}

/** `a ~ b ~ c`: all of them as strs. */
export function concatValues(runtime: Runtime, values: readonly Value[]): Str {
  let length = 0
  const strs: Str[] = []
  for (const value of values) {
    const str = toSoftStr(runtime, value)
    length += str.text.length
    strs.push(str.safe ? asMarkup(str, false) : str)
  }
  if (length > runtime.limits.maxLength) runtime.chargeText(length)
  return concatAll(strs)
}
