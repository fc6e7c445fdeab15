import type { Runtime } from '../runtime.ts'
import { typeFault } from '../template-error.ts'
import type { Named, Value } from '../values/value.ts'

/** How something is called: a method of a str, a filter, a global. */
export interface Signature {
  readonly name: string
  /** Names of the arguments; in a method, self is not among them. */
  readonly parameters: readonly string[]
  /** How many of them have to be given. */
  readonly required?: number
  /** Whether any further arguments are taken as they come: then nothing is put in order. */
  readonly variadic?: boolean
}

export interface Method extends Signature {
  run(runtime: Runtime, self: Value, args: readonly (Value | undefined)[], named: Named | undefined): Value
}

export function callMethod(
  runtime: Runtime,
  method: Method,
  self: Value,
  positional: readonly Value[],
  named: Named | undefined,
): Value {
  runtime.step()
  return method.run(runtime, self, bindArguments(method, positional, named), named)
}

/**
 * The arguments in the order of the parameters; undefined where one is not given.
 *
 * @throws RenderFault `template/type` as Python's TypeError
 */
export function bindArguments(
  signature: Signature,
  positional: readonly Value[],
  named: Named | undefined,
): readonly (Value | undefined)[] {
  const { name, parameters, required = 0, variadic = false } = signature
  if (variadic) {
    if (positional.length < required) throw typeFault(`${name} needs at least ${required} argument(s)`)
    return positional
  }
  if (positional.length > parameters.length) {
    throw typeFault(`${name} takes at most ${parameters.length} argument(s), ${positional.length} given`)
  }
  const args: readonly (Value | undefined)[] =
    named === undefined || named.size === 0 ? positional : bindNamed(signature, positional, named)
  for (let i = 0; i < required; i++) {
    if (args[i] === undefined) throw typeFault(`${name} needs the argument '${parameters[i]}'`)
  }
  return args
}

function bindNamed(signature: Signature, positional: readonly Value[], named: Named): (Value | undefined)[] {
  const args: (Value | undefined)[] = [...positional]
  for (const [key, value] of named) {
    const at = signature.parameters.indexOf(key)
    if (at < 0) throw typeFault(`${signature.name} takes no argument '${key}'`)
    if (args[at] !== undefined) throw typeFault(`${signature.name} got two values for '${key}'`)
    while (args.length < at) args.push(undefined)
    args[at] = value
  }
  return args
}

export function tableOf<T extends { readonly name: string }>(rows: readonly T[]): ReadonlyMap<string, T> {
  return new Map(rows.map(row => [row.name, row]))
}
