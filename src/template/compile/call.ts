import { callNamedMethod, callValue, getAttribute } from '../operations/access.ts'
import { unwrap } from '../operations/convert.ts'
import { entriesOf, isDict } from '../operations/dict.ts'
import { iterate, readItem } from '../operations/iterate.ts'
import type { Signature } from '../operations/signature.ts'
import { STR_METHODS } from '../operations/str-methods.ts'
import { typeNameOf } from '../operations/type-name.ts'
import type { Frame, Runtime } from '../runtime.ts'
import type { Arguments, AttributeNode, CallNode, Expression, Span } from '../syntax/ast.ts'
import { typeFault } from '../template-error.ts'
import { Macro } from '../values/objects.ts'
import { Scalar } from '../values/scalar.ts'
import { Str } from '../values/str.ts'
import type { Named, Value } from '../values/value.ts'
import { compileExpression, compileTraced, evaluateAll } from './expression.ts'
import type { Evaluate, Site } from './site.ts'

const NO_VALUES: readonly Value[] = []

/** Arguments, compiled. */
export interface CompiledArguments {
  readonly positional: (frame: Frame) => readonly Value[]
  readonly named: (frame: Frame) => Named | undefined
}

/** `callee(…)`. */
export function compileCall(site: Site, node: CallNode): Evaluate {
  if (node.callee.kind === 'attribute') return compileMethodCall(site, node, node.callee)
  const callee = compileExpression(site, node.callee)
  // A macro may print what it is given: numbers keep their origins on the way.
  const { positional, named } = compileArguments(site, node.args, compileTraced)
  return frame => {
    const value = callee(frame)
    const args = positional(frame)
    const byName = named(frame)
    frame.runtime.at = node
    return callTraced(frame.runtime, value, args, byName)
  }
}

/** `{{ callee(…) }}`: a macro writes where output goes, instead of to a str that is written then. */
export function compileCallWrite(
  site: Site,
  node: CallNode,
  writeValue: (runtime: Runtime, value: Value, writer: Span) => void,
): (frame: Frame) => void {
  const callee = compileExpression(site, node.callee)
  const { positional, named } = compileArguments(site, node.args, compileTraced)
  return frame => {
    const value = callee(frame)
    const args = positional(frame)
    const byName = named(frame)
    writeCall(frame.runtime, node, { value, args, byName }, writeValue)
  }
}

/** Writes what a call gives. */
export function writeCall(
  runtime: Runtime,
  node: CallNode,
  { value, args, byName }: { value: Value; args: readonly Value[]; byName: Named | undefined },
  writeValue: (runtime: Runtime, value: Value, writer: Span) => void,
): void {
  runtime.at = node
  if (!(value instanceof Macro) || value.write === undefined) {
    writeValue(runtime, callTraced(runtime, value, args, byName), node)
    return
  }
  const { out } = runtime
  out.startCall(node)
  value.write(args, byName)
  out.endCall()
}

/** Calls a value with arguments that may be Scalars, which only macros take. */
export function callTraced(
  runtime: Runtime,
  callee: Value,
  positional: readonly Value[],
  named: Named | undefined,
): Value {
  if (callee instanceof Macro) return callee.call(positional, named, runtime)
  const values = positional.some(isScalar) ? positional.map(unwrap) : positional
  return callValue(runtime, callee, values, named === undefined ? undefined : unwrapNamed(named))
}

function unwrapNamed(named: Named): Named {
  for (const value of named.values()) {
    if (isScalar(value)) return new Map(Array.from(named, ([name, arg]) => [name, unwrap(arg)]))
  }
  return named
}

function isScalar(value: Value): boolean {
  return value instanceof Scalar
}

/** `object.method(…)`, without making the bound method first. */
function compileMethodCall(site: Site, node: CallNode, callee: AttributeNode): Evaluate {
  const object = compileExpression(site, callee.object)
  const { positional, named } = compileArguments(site, node.args)
  const { name } = callee
  const strMethod = STR_METHODS.get(name)
  const isFixed = strMethod !== undefined && fits(strMethod, node.args)
  return frame => {
    const self = object(frame)
    const args = positional(frame)
    if (isFixed && self instanceof Str) {
      const { runtime } = frame
      runtime.at = node
      runtime.step()
      return strMethod.run(runtime, self, args, undefined)
    }
    const byName = named(frame)
    frame.runtime.at = node
    const result = callNamedMethod(frame.runtime, self, name, args, byName)
    if (result !== undefined) return result
    return callValue(frame.runtime, getAttribute(frame.runtime, self, name), args, byName)
  }
}

/** Whether it can be told from the template that arguments are in order, and none has to be bound by name. */
export function fits({ parameters, required = 0, variadic = false }: Signature, args: Arguments): boolean {
  const { positional, named, list, dict } = args
  if (variadic || named.length > 0 || list !== undefined || dict !== undefined) return false
  return positional.length >= required && positional.length <= parameters.length
}

type Compile = (site: Site, node: Expression) => Evaluate

export function compileArguments(
  site: Site,
  args: Arguments,
  compile: Compile = compileExpression,
): CompiledArguments {
  return { positional: compilePositional(site, args, compile), named: compileNamed(site, args, compile) }
}

function compilePositional(
  site: Site,
  args: Arguments,
  compile: Compile,
): (frame: Frame) => readonly Value[] {
  const items = args.positional.map(item => compile(site, item))
  if (args.list !== undefined) {
    const list = compileExpression(site, args.list)
    return frame => {
      const values = evaluateAll(frame, items)
      const iterator = iterate(list(frame))
      for (let next = iterator.next(); !next.done; next = iterator.next()) {
        frame.runtime.step()
        values.push(next.value)
      }
      return values
    }
  }
  if (items.length === 0) return () => NO_VALUES
  if (items.length === 1) {
    const first = items[0]!
    return frame => [first(frame)]
  }
  return frame => evaluateAll(frame, items)
}

function compileNamed(site: Site, args: Arguments, compile: Compile): (frame: Frame) => Named | undefined {
  if (args.named.length === 0 && args.dict === undefined) return () => undefined
  const items = args.named.map(({ name, value }) => ({ name, value: compile(site, value) }))
  const dict = args.dict === undefined ? undefined : compileExpression(site, args.dict)
  return frame => {
    const named = new Map<string, Value>()
    for (const { name, value } of items) named.set(name, value(frame))
    if (dict !== undefined) addAll(named, dict(frame))
    return named
  }
}

function addAll(named: Map<string, Value>, dict: Value): void {
  if (!isDict(dict)) throw typeFault(`what stands behind ** must be a dict, not ${typeNameOf(dict)}`)
  for (const [key, item] of entriesOf(dict)) {
    if (typeof key !== 'string') throw typeFault('keywords must be strings')
    if (named.has(key)) throw typeFault(`got multiple values for keyword argument '${key}'`)
    named.set(key, readItem(dict, key, item))
  }
}
