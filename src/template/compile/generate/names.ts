import type { Node, Parameter, Target } from '../../syntax/ast.ts'
import { childrenOf } from '../../syntax/children.ts'
import type { Site } from '../site.ts'

/** All names that a node reads or writes, whatever their scope. */
export function namesOf(node: Node): ReadonlySet<string> {
  const names = new Set<string>()
  const visitTarget = (target: Target): void => {
    if (target.kind === 'target-tuple') target.items.forEach(visitTarget)
    else names.add(target.name)
  }
  const visitParameters = (parameters: readonly Parameter[]): void => {
    for (const { name } of parameters) names.add(name)
  }
  const visit = (at: Node): void => {
    if (at.kind === 'name') names.add(at.name)
    if (at.kind === 'for' || at.kind === 'set' || at.kind === 'set-block') visitTarget(at.target)
    if (at.kind === 'with') for (const { target } of at.targets) visitTarget(target)
    if (at.kind === 'macro') names.add(at.name)
    if (at.kind === 'macro' || at.kind === 'call-block') visitParameters(at.parameters)
    childrenOf(at).forEach(visit)
  }
  visit(node)
  return names
}

/** The slots of these names, of the function at hand. */
export function slotsOf(site: Site, names: ReadonlySet<string>): number[] {
  const slots: number[] = []
  for (const name of names) {
    const variable = site.scope.find(name)
    if (variable?.unit === site.scope.unit) slots.push(variable.slot)
  }
  return slots
}

/** The names that are set to a namespace. */
export function namespacesIn(body: readonly Node[]): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (node: Node): void => {
    if (node.kind === 'set' && node.target.kind === 'name' && isNamespaceCall(node.value))
      names.add(node.target.name)
    childrenOf(node).forEach(visit)
  }
  body.forEach(visit)
  return names
}

function isNamespaceCall(node: Node): boolean {
  return node.kind === 'call' && node.callee.kind === 'name' && node.callee.name === 'namespace'
}
