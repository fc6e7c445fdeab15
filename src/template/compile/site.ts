import type { Frame } from '../runtime.ts'
import type { Span, Statement } from '../syntax/ast.ts'
import type { TemplateSource } from '../syntax/source.ts'
import { Literal } from '../values/origin.ts'
import { Str } from '../values/str.ts'
import type { Value } from '../values/value.ts'
import type { Scope, Unit, Variable } from './scope.ts'

/** An expression, compiled. */
export type Evaluate = (frame: Frame) => Value
/** An expression of which only the truth counts, compiled. */
export type Check = (frame: Frame) => boolean
/** A statement, compiled. */
export type Run = (frame: Frame) => Jump

/** How a statement ends: as one expects, or with a jump out of the loop around it. */
export type Jump = 0 | 1 | 2
export const NO_JUMP = 0
export const BREAK = 1
export const CONTINUE = 2

/** What is known of a whole template while it is compiled. */
export interface Compilation {
  readonly source: TemplateSource
  /** Whether variables set at the top have to be kept by name, for blocks. */
  readonly hasBlocks: boolean
  /** Whether there is `{% generation %}`: then what a macro writes has to be had as a whole before it is written. */
  readonly hasMarks: boolean
  /** How the body of a function of the template (the template itself, a macro) is compiled: to something that enters its scope, too. */
  readonly compileBody: (site: Site, body: readonly Statement[]) => Run
}

/** Where in a template a node is compiled. */
export interface Site {
  readonly compilation: Compilation
  readonly scope: Scope
  /** Whether the node stands in a branch: then a filter that does not exist is an error only once it is used. */
  readonly isSoft: boolean
  /** Whether `break` and `continue` have a loop to leave. */
  readonly inLoop: boolean
}

/** A string of the template, made once. */
export function toLiteral(site: Site, text: string, node: Span): Str {
  return new Str(text, new Literal(site.compilation.source.place(node.start, node.end)), 0)
}

/** How many functions out from `unit` a variable lives. */
function distanceTo(unit: Unit, variable: Variable): number {
  let distance = 0
  for (let at: Unit | undefined = unit; at !== variable.unit && at !== undefined; at = at.parent) distance++
  return distance
}

/** Reads a variable: undefined where it is not set; may be a Scalar. */
export function compileSlot(unit: Unit, variable: Variable): (frame: Frame) => Value | undefined {
  const { slot } = variable
  const distance = distanceTo(unit, variable)
  if (distance === 0) return frame => frame.slots[slot]
  if (distance === 1) return frame => frame.parent!.slots[slot]
  return frame => {
    let at = frame
    for (let i = 0; i < distance; i++) at = at.parent!
    return at.slots[slot]
  }
}

/** What has to be done when a scope is entered. Call it once the scope is analyzed. */
export function compileEntry(scope: Scope): (frame: Frame) => void {
  const unset: number[] = []
  const steps: ((frame: Frame) => void)[] = []
  for (const [{ slot }, load] of scope.loads) {
    if (load.kind === 'unset') {
      unset.push(slot)
    } else if (load.kind === 'resolve') {
      steps.push(frame => {
        frame.slots[slot] = frame.runtime.resolve(load.name)
      })
    } else if (load.kind === 'copy') {
      const read = compileSlot(scope.unit, load.from)
      steps.push(frame => {
        frame.slots[slot] = read(frame)
      })
    }
  }
  if (unset.length === 0 && steps.length === 0) return () => {}
  return frame => {
    for (let i = 0; i < unset.length; i++) frame.slots[unset[i]!] = undefined
    for (let i = 0; i < steps.length; i++) steps[i]!(frame)
  }
}

/** The slot of a variable that lives in the function at hand, as most do; undefined for all others. */
export function findOwnSlot(site: Site, name: string): number | undefined {
  const variable = site.scope.find(name)
  return variable?.unit === site.scope.unit ? variable.slot : undefined
}
