import { callValue } from '../operations/access.ts'
import { toStr, unwrap } from '../operations/convert.ts'
import { Frame, type Runtime } from '../runtime.ts'
import type { CallBlockNode, GenerationNode, MacroNode, Parameter } from '../syntax/ast.ts'
import { typeFault } from '../template-error.ts'
import { BufferSink } from '../trace/sink.ts'
import { Macro } from '../values/objects.ts'
import type { Str } from '../values/str.ts'
import { computed } from '../values/str.ts'
import { tupleOf } from '../values/tuple.ts'
import { Undefined } from '../values/undefined.ts'
import type { Item, Named, Value } from '../values/value.ts'
import { compileArguments } from './call.ts'
import { compileExpression, compileTraced } from './expression.ts'
import { findFreeNames, Scope, Unit } from './scope.ts'
import { compileEntry, type Evaluate, NO_JUMP, type Run, type Site } from './site.ts'

/** Runs something with a buffer of its own for its output, and gives what it wrote. */
export function capture(runtime: Runtime, body: () => void): Str {
  const { out } = runtime
  const buffer = new BufferSink(runtime.limits.maxLength)
  runtime.out = buffer
  body()
  runtime.out = out
  return buffer.toStr()
}

/** `{% macro %}`: a function that is put in a variable. */
export function compileMacro(site: Site, node: MacroNode): Run {
  const make = compileFunction(site, node, node.name)
  const { slot } = site.scope.find(node.name)!
  const isExported = site.scope.isTop && site.compilation.hasBlocks
  return frame => {
    const macro = make(frame)
    frame.slots[slot] = macro
    if (isExported) frame.runtime.export(node.name, macro)
    return NO_JUMP
  }
}

/** `{% call %}`: a call that is given the body as `caller`. */
export function compileCallBlock(site: Site, node: CallBlockNode): Run {
  const make = compileFunction(site, node, 'caller')
  const callee = compileExpression(site, node.call.callee)
  const { positional, named } = compileArguments(site, node.call.args, compileTraced)
  return frame => {
    const caller = make(frame)
    const value = callee(frame)
    const args = positional(frame)
    const byName = new Map(named(frame))
    byName.set('caller', caller)
    frame.runtime.at = node.call
    const result = callValue(frame.runtime, value, args, byName)
    frame.runtime.at = node.call
    frame.runtime.out.write(toStr(frame.runtime, unwrap(result)), node.call)
    return NO_JUMP
  }
}

/** `{% generation %}`: what its body writes is marked, where transformers would mark it. */
export function compileGeneration(site: Site, node: GenerationNode): Run {
  const make = compileFunction(site, { parameters: [], body: node.body }, 'generation')
  return frame => {
    const { runtime } = frame
    runtime.at = node
    const written = make(frame).call([], undefined, runtime) as Str
    // transformers counts what the template has emitted so far: in a macro that is the text before the macro's own.
    const startChar = runtime.root.length
    runtime.marks.push({ startChar, endChar: startChar + written.text.length })
    runtime.out.write(written, node)
    return NO_JUMP
  }
}

interface FunctionNode {
  readonly parameters: readonly Parameter[]
  readonly body: MacroNode['body']
}

/** Which of the special variables a body reads. */
interface Specials {
  readonly caller: number | undefined
  readonly kwargs: number | undefined
  readonly varargs: number | undefined
}

function compileFunction(site: Site, node: FunctionNode, name: string): (frame: Frame) => Macro {
  const unit = new Unit(site.scope.unit)
  const scope = new Scope(unit, site.scope)
  const slots = node.parameters.map(parameter => scope.parameter(parameter.name).slot)
  scope.analyze(node.parameters.flatMap(parameter => parameter.default ?? []))
  scope.analyze(node.body)
  const specials = findSpecials(site, node, scope)
  const inside: Site = { ...site, scope, isSoft: false, inLoop: false }
  // Defaults may read what the scope's variables are at first.
  const enter = node.parameters.some(parameter => parameter.default) ? compileEntry(scope) : undefined
  const defaults = compileDefaults(inside, node.parameters, slots)
  const body = site.compilation.compileBody(inside, node.body)
  const bind = makeBinder(name, node.parameters, specials)
  const attributes = attributesOf(name, node.parameters, specials)
  const run = (outer: Frame, positional: readonly Value[], named: Named | undefined): void => {
    const { runtime } = outer
    runtime.enter()
    const frame = new Frame(runtime, unit.size, outer)
    enter?.(frame)
    bind(frame, slots, positional, named)
    defaults(frame)
    body(frame)
    runtime.leave()
  }
  const canWrite = !site.compilation.hasMarks
  return outer => {
    const write: Macro['write'] = (positional, named) => run(outer, positional, named)
    const call: Macro['call'] = (positional, named) =>
      capture(outer.runtime, () => run(outer, positional, named))
    return new Macro(name, call, canWrite ? write : undefined, attributes)
  }
}

function findSpecials(site: Site, node: FunctionNode, scope: Scope): Specials {
  const free = findFreeNames(node.body, ['caller', 'kwargs', 'varargs'])
  const isParameter = (name: string) => node.parameters.some(parameter => parameter.name === name)
  if (free.has('caller')) {
    const caller = node.parameters.find(parameter => parameter.name === 'caller')
    if (caller !== undefined && caller.default === undefined) {
      const { start, end } = node.body[0] ?? { start: 0, end: 0 }
      throw site.compilation.source.syntaxError('the parameter caller needs a default', start, end)
    }
  }
  const special = (name: string) =>
    free.has(name) && !isParameter(name) ? scope.parameter(name).slot : undefined
  return { caller: special('caller'), kwargs: special('kwargs'), varargs: special('varargs') }
}

/** Gives the parameters that were not given their defaults, which may read the parameters before them. */
function compileDefaults(
  site: Site,
  parameters: readonly Parameter[],
  slots: readonly number[],
): (frame: Frame) => void {
  const values: (Evaluate | Undefined)[] = parameters.map(({ name, default: value }) =>
    value === undefined ? new Undefined(`parameter '${name}' was not provided`) : compileTraced(site, value),
  )
  return frame => {
    for (let i = 0; i < slots.length; i++) {
      if (frame.slots[slots[i]!] !== undefined) continue
      const value = values[i]!
      frame.slots[slots[i]!] = value instanceof Undefined ? value : value(frame)
    }
  }
}

type Bind = (
  frame: Frame,
  slots: readonly number[],
  positional: readonly Value[],
  named: Named | undefined,
) => void

/** Puts arguments into a macro's variables, with Jinja2's rules for caller, kwargs and varargs. */
function makeBinder(name: string, parameters: readonly Parameter[], specials: Specials): Bind {
  return (frame, slots, positional, named) => {
    const rest = named === undefined ? undefined : new Map(named)
    for (let i = 0; i < parameters.length; i++) {
      if (i < positional.length) {
        frame.slots[slots[i]!] = positional[i]
        continue
      }
      const key = parameters[i]!.name
      frame.slots[slots[i]!] = rest?.get(key)
      rest?.delete(key)
    }
    if (specials.caller !== undefined) {
      frame.slots[specials.caller] = rest?.get('caller') ?? new Undefined('No caller defined')
      rest?.delete('caller')
    }
    if (specials.kwargs !== undefined) frame.slots[specials.kwargs] = new Map<Item, Item>(rest)
    else if (rest !== undefined && rest.size > 0) {
      throw typeFault(`macro '${name}' takes no keyword argument '${rest.keys().next().value}'`)
    }
    if (specials.varargs !== undefined) {
      frame.slots[specials.varargs] = tupleOf(positional.slice(parameters.length).map(unwrap))
    } else if (positional.length > parameters.length) {
      throw typeFault(`macro '${name}' takes not more than ${parameters.length} argument(s)`)
    }
  }
}

function attributesOf(
  name: string,
  parameters: readonly Parameter[],
  specials: Specials,
): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['name', computed(name)],
    ['arguments', tupleOf(parameters.map(parameter => computed(parameter.name)))],
    ['caller', specials.caller !== undefined],
    ['catch_kwargs', specials.kwargs !== undefined],
    ['catch_varargs', specials.varargs !== undefined],
    ['explicit_caller', parameters.some(parameter => parameter.name === 'caller')],
  ])
}
