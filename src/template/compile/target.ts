import { unwrap } from '../operations/convert.ts'
import { unpack } from '../operations/iterate.ts'
import type { Frame, Runtime } from '../runtime.ts'
import type { NamespaceTarget, Target } from '../syntax/ast.ts'
import { typeFault } from '../template-error.ts'
import { Namespace } from '../values/objects.ts'
import type { Value } from '../values/value.ts'
import { compileSlot, type Site } from './site.ts'

/** Writes a value to a target: a variable, an attribute of a namespace, or several of these. */
export function compileTarget(site: Site, target: Target): (frame: Frame, value: Value) => void {
  switch (target.kind) {
    case 'name': {
      const { slot } = site.scope.find(target.name)!
      if (site.scope.isTop && site.compilation.hasBlocks) {
        return (frame, value) => {
          frame.slots[slot] = value
          frame.runtime.export(target.name, unwrap(value))
        }
      }
      return (frame, value) => {
        frame.slots[slot] = value
      }
    }
    case 'namespace-target': {
      const find = compileNamespace(site, target)
      return (frame, value) => {
        find(frame).attributes.set(target.attribute, unwrap(value))
      }
    }
    case 'target-tuple': {
      const writes = target.items.map(item => compileTarget(site, item))
      return (frame, value) => {
        const values = unpack(unwrap(value), writes.length)
        for (let i = 0; i < writes.length; i++) writes[i]!(frame, values[i]!)
      }
    }
  }
}

/** Jinja2 looks whether the targets are namespaces before it works out the value. */
export function compileTargetCheck(site: Site, target: Target): ((frame: Frame) => void) | undefined {
  if (target.kind === 'namespace-target') return compileNamespace(site, target)
  if (target.kind === 'name') return undefined
  const checks = target.items.map(item => compileTargetCheck(site, item)).filter(check => check !== undefined)
  if (checks.length === 0) return undefined
  return frame => {
    for (const check of checks) check(frame)
  }
}

function compileNamespace(site: Site, target: NamespaceTarget): (frame: Frame) => Namespace {
  const variable = site.scope.find(target.name)
  const read = variable === undefined ? () => undefined : compileSlot(site.scope.unit, variable)
  return frame => {
    return toNamespace(frame.runtime, read(frame), target)
  }
}

/** A variable's value as a namespace. @throws RenderFault `template/type` where it is none */
export function toNamespace(runtime: Runtime, value: Value | undefined, target: NamespaceTarget): Namespace {
  if (value instanceof Namespace) return value
  runtime.at = target
  throw typeFault(`${target.name} is no namespace: only namespaces can be written into`)
}
