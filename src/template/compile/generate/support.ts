// What generated code calls: what the closures do, without their frame.

import type { Filter, Test } from '../../filters/filter.ts'
import {
  callNamedMethod,
  callValue,
  getAttribute,
  getAttributeTraced,
  getItem,
  getItemTraced,
  getSlice,
  missingItem,
} from '../../operations/access.ts'
import { concatValues, negate } from '../../operations/arithmetic.ts'
import { unwrap } from '../../operations/convert.ts'
import type { Cursor } from '../../operations/cursor.ts'
import { isPlainObject, makeDict } from '../../operations/dict.ts'
import { lengthOf, readItemTraced, unpack } from '../../operations/iterate.ts'
import { LoopState } from '../../operations/loop-state.ts'
import { bindArguments, type Method, type Signature } from '../../operations/signature.ts'
import { truthOf } from '../../operations/truth.ts'
import type { Runtime } from '../../runtime.ts'
import { Frame } from '../../runtime.ts'
import type { BinaryNode, CallNode, CompareNode, Expression, ItemNode, Span } from '../../syntax/ast.ts'
import type { Passage } from '../../trace/log.ts'
import { tooLong } from '../../trace/sink.ts'
import { DictView } from '../../values/objects.ts'
import { ItemOrigin } from '../../values/origin.ts'
import { Scalar } from '../../values/scalar.ts'
import { Str } from '../../values/str.ts'
import { TemplateObject } from '../../values/template-object.ts'
import { tupleOf } from '../../values/tuple.ts'
import { Undefined } from '../../values/undefined.ts'
import type { Item, Named, Value } from '../../values/value.ts'
import { readAttribute, readKey } from '../access.ts'
import { callTraced, writeCall } from '../call.ts'
import { compute } from '../expression.ts'
import { openCursor, turnEnd, turnStart } from '../loop.ts'
import { writeSum, writeValue } from '../output.ts'
import { toNamespace } from '../target.ts'
import { CHECKS, has } from '../truth.ts'

export {
  Frame,
  has,
  isPlainObject as isPlain,
  makeDict,
  readAttribute,
  readItemTraced,
  readKey,
  Scalar,
  Str,
  toNamespace,
  tupleOf,
  turnEnd,
  turnStart,
  Undefined,
  unpack,
  unwrap,
}

/** Which message an item of a loop is. */
export function messageOf(runtime: Runtime, item: Value): number | undefined {
  return item instanceof TemplateObject ? undefined : runtime.messageOf(item)
}

/** No variable is this. */
export const NEVER: object = {}

export const NOTHING: readonly Value[] = []

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

/** Whether nothing is to be trimmed, as far as ASCII tells. */
export function isTrimmed(text: string): boolean {
  const { length } = text
  return length === 0 || (isInk(text.charCodeAt(0)) && isInk(text.charCodeAt(length - 1)))
}

function isInk(unit: number): boolean {
  return unit > 0x20 && unit < 0x7f
}

export function truthOfItem(item: Item | undefined): boolean {
  if (item === undefined) return false
  if (typeof item === 'string') return item !== ''
  return item instanceof Scalar ? truthOf(item.value) : truthOf(item)
}

export function isText(item: Item | undefined, text: string): boolean {
  return item === text || (item instanceof Str && item.text === text)
}

export function check(runtime: Runtime, a: Item, b: Item, node: CompareNode): boolean {
  runtime.at = node
  return CHECKS[node.rest[0]!.operator](runtime, a, b)
}

export function checkTest(
  runtime: Runtime,
  value: Value,
  args: readonly Value[],
  { test, node, named }: { test: Test; node: Span; named: Named | undefined },
): boolean {
  runtime.at = node
  return test.check(runtime, value, bindArguments(test, args, named))
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

export function getTracedItemAt(runtime: Runtime, object: Value, key: Value, node: ItemNode): Value {
  runtime.at = node
  return getItemTraced(runtime, object, key)
}

export function getSliceAt(
  runtime: Runtime,
  object: Value,
  [from, to, step]: readonly [Value, Value, Value],
  node: Span,
): Value {
  runtime.at = node
  return getSlice(runtime, object, { from, to, step })
}

export function getAttributeAt(runtime: Runtime, object: Value, name: string, node: Span): Value {
  runtime.at = node
  return getAttribute(runtime, object, name)
}

export function getTracedAttributeAt(runtime: Runtime, object: Value, name: string, node: Span): Value {
  runtime.at = node
  return getAttributeTraced(runtime, object, name)
}

export function add(runtime: Runtime, a: Value, b: Value, node: BinaryNode): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isInteger(a) && Number.isInteger(b) && Number.isSafeInteger(sum)) return sum
  }
  return compute(runtime, a, b, node)
}

export function subtract(runtime: Runtime, a: Value, b: Value, node: BinaryNode): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (Number.isInteger(a) && Number.isInteger(b) && Number.isSafeInteger(difference)) return difference
  }
  return compute(runtime, a, b, node)
}

export { compute }

export function negateAt(runtime: Runtime, operator: '-' | '+', value: Value, node: Span): Value {
  runtime.at = node
  return negate(operator, value)
}

export function concatAt(runtime: Runtime, values: readonly Value[], node: Span): Value {
  runtime.at = node
  return concatValues(runtime, values)
}

export function makeDictAt(
  runtime: Runtime,
  entries: readonly (readonly [Value, Value])[],
  node: Span,
): Value {
  runtime.at = node
  return makeDict(entries)
}

/** A filter whose arguments are known to fit. */
export function applyFilter(
  runtime: Runtime,
  filter: Filter,
  input: Value,
  args: readonly Value[],
  node: Span,
): Value {
  runtime.at = node
  runtime.step()
  return filter.run(runtime, input, args, undefined)
}

export function bindFilter(
  runtime: Runtime,
  filter: Filter,
  input: Value,
  { args, named, node }: { args: readonly Value[]; named: Named | undefined; node: Span },
): Value {
  runtime.at = node
  runtime.step()
  return filter.run(runtime, input, bindArguments(filter as Signature, args, named), named)
}

export function toNamed(names: readonly string[], values: readonly Value[]): Named {
  const named = new Map<string, Value>()
  for (let i = 0; i < names.length; i++) named.set(names[i]!, values[i]!)
  return named
}

export function callAt(
  runtime: Runtime,
  callee: Value,
  args: readonly Value[],
  named: Named | undefined,
  node: Span,
): Value {
  runtime.at = node
  return callTraced(runtime, callee, args, named)
}

/** A method of a str whose arguments are known to fit. */
export function callStrMethod(
  runtime: Runtime,
  self: Value,
  method: Method,
  args: readonly Value[],
  node: Span,
): Value {
  if (!(self instanceof Str)) return callMethodAt(runtime, self, method.name, args, undefined, node)
  runtime.at = node
  runtime.step()
  return method.run(runtime, self, args, undefined)
}

export function callMethodAt(
  runtime: Runtime,
  self: Value,
  name: string,
  args: readonly Value[],
  named: Named | undefined,
  node: Span,
): Value {
  runtime.at = node
  const result = callNamedMethod(runtime, self, name, args, named)
  if (result !== undefined) return result
  return callValue(runtime, getAttribute(runtime, self, name), args, named)
}

/** What a loop that is not over a list, or that is asked for itself, pulls its items from. */
export function openLoop(value: Value, isPair: boolean, hasState: boolean): Cursor {
  const cursor = openCursor(value, isPair)
  return hasState ? new LoopState(cursor, value instanceof DictView ? undefined : lengthOf(value)) : cursor
}

/** Writes what has not been added yet, and a value after it. */
export function put(runtime: Runtime, text: string, value: Value, writer: Span): void {
  runtime.out.add(text)
  writeValue(runtime, value, writer)
}

export function putAll(runtime: Runtime, text: string, values: readonly Value[], writer: Span): void {
  runtime.out.add(text)
  for (const value of values) writeValue(runtime, value, writer)
}

export function putSum(runtime: Runtime, text: string, values: readonly Value[], node: Expression): void {
  runtime.out.add(text)
  let areStrs = true
  for (const value of values) if (!(value instanceof Str) || value.safe) areStrs = false
  if (areStrs) for (const value of values) runtime.out.write(value as Str, node)
  else writeSum(runtime, values, node)
}

export function putCall(
  runtime: Runtime,
  text: string,
  value: Value,
  args: readonly Value[],
  byName: Named | undefined,
  node: CallNode,
): void {
  runtime.out.add(text)
  writeCall(runtime, node, { value, args, byName }, writeValue)
}

/** A str that does not fit. */
export function tooLongAt(runtime: Runtime, writer: Span): never {
  throw tooLong(runtime.limits.maxLength, writer)
}

/** A run of literals that does not fit, by so many characters. */
export function tooLongWithin(runtime: Runtime, { parts }: Passage, excess: number): never {
  let left = excess
  let at = parts.length - 1
  // The first that does not fit: what is in excess may be more than the last of them.
  while (at > 0 && left > parts[at]!.literal!.text.length) left -= parts[at--]!.literal!.text.length
  throw tooLong(runtime.limits.maxLength, parts[at]!.writer)
}
