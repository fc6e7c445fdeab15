import type { Runtime } from '../../../runtime.ts'
import type { CallNode, Expression, Span } from '../../../syntax/ast.ts'
import type { Passage } from '../../../trace/log.ts'
import { tooLong } from '../../../trace/sink.ts'
import { Str } from '../../../values/str.ts'
import type { Named, Value } from '../../../values/value.ts'
import { writeCall } from '../../call.ts'
import { writeSum, writeValue } from '../../output.ts'

/** Writes what has not been added yet, and a value after it. */
export function put(runtime: Runtime, text: string, value: Value, writer: Span): void {
  runtime.out.add(text)
  writeValue(runtime, value, writer)
}

/** As {@link put}, values one after the other. */
export function putAll(runtime: Runtime, text: string, values: readonly Value[], writer: Span): void {
  runtime.out.add(text)
  for (const value of values) writeValue(runtime, value, writer)
}

/** As {@link put}, the sum of values that may be no strs. */
export function putSum(runtime: Runtime, text: string, values: readonly Value[], node: Expression): void {
  runtime.out.add(text)
  let areStrs = true
  for (const value of values) if (!(value instanceof Str) || value.safe) areStrs = false
  if (areStrs) for (const value of values) runtime.out.write(value as Str, node)
  else writeSum(runtime, values, node)
}

/** As {@link put}, what a call gives. */
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
