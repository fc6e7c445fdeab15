import type { Filter } from '../../../filters/filter.ts'
import { callNamedMethod, callValue, getAttribute } from '../../../operations/access.ts'
import { bindArguments, type Method } from '../../../operations/signature.ts'
import type { Runtime } from '../../../runtime.ts'
import type { Span } from '../../../syntax/ast.ts'
import { Str } from '../../../values/str.ts'
import type { Named, Value } from '../../../values/value.ts'
import { callTraced } from '../../call.ts'

/** No arguments. */
export const NOTHING: readonly Value[] = []

/** Named arguments. */
export function toNamed(names: readonly string[], values: readonly Value[]): Named {
  const named = new Map<string, Value>()
  for (let i = 0; i < names.length; i++) named.set(names[i]!, values[i]!)
  return named
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

/** A filter, whatever its arguments. */
export function bindFilter(
  runtime: Runtime,
  filter: Filter,
  input: Value,
  { args, named, node }: { args: readonly Value[]; named: Named | undefined; node: Span },
): Value {
  runtime.at = node
  runtime.step()
  return filter.run(runtime, input, bindArguments(filter, args, named), named)
}

/** A call of anything but a method. */
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

/** `self.name(…)`. */
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
