import type { Expression, Node, Target } from '../syntax/ast.ts'
import { childrenOf } from '../syntax/children.ts'

/** The names by which a template knows the list of messages, or all of it but the first few. */
export interface ListNames {
  readonly lists: ReadonlySet<string>
  /** All other names that the template writes somewhere. */
  readonly written: ReadonlySet<string>
}

/** @returns undefined where a name stands for the messages in one place and for something else in another */
export function findListNames(tree: Node): ListNames | undefined {
  const written = new Set<string>()
  const sets: { readonly name: string; readonly value: Expression }[] = []
  const visit = (node: Node): void => {
    if (node.kind === 'set' && node.target.kind === 'name' && isListForm(node.value))
      sets.push({ name: node.target.name, value: node.value })
    else for (const name of writtenNames(node)) written.add(name)
    childrenOf(node).forEach(visit)
  }
  visit(tree)
  const lists = new Set(['messages'])
  // What is set from a list is one in turn: each round finds those that the round before made known.
  for (const _ of sets) for (const { name, value } of sets) if (isList(value, lists)) lists.add(name)
  for (const { name, value } of sets) if (!isList(value, lists)) written.add(name)
  return [...lists].some(name => written.has(name)) ? undefined : { lists, written }
}

/** Whether an expression is known to give the list of messages, or the rest of it. */
export function isList(value: Expression, lists: ReadonlySet<string>): boolean {
  if (value.kind === 'name') return lists.has(value.name)
  return (
    value.kind === 'item' && value.object.kind === 'name' && isListForm(value) && lists.has(value.object.name)
  )
}

/** `name` or `name[1:]`. */
function isListForm(value: Expression): boolean {
  return value.kind === 'name' || (value.kind === 'item' && sliceStart(value) !== undefined)
}

function sliceStart({ object, index }: Expression & { kind: 'item' }): number | undefined {
  if (object.kind !== 'name' || index.kind !== 'slice') return undefined
  const { from, to, step } = index
  if (to !== undefined || step !== undefined || from?.kind !== 'constant') return undefined
  return isIndex(from.value) ? from.value : undefined
}

export function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

/** All names that are written in a node or anywhere inside it. */
export function writtenInside(node: Node): string[] {
  return [...writtenNames(node), ...childrenOf(node).flatMap(writtenInside)]
}

function writtenNames(node: Node): string[] {
  switch (node.kind) {
    case 'for':
    case 'set':
    case 'set-block':
      return namesOf(node.target)
    case 'with':
      return node.targets.flatMap(({ target }) => namesOf(target))
    case 'macro':
      return [node.name, ...node.parameters.map(({ name }) => name)]
    case 'call-block':
      return node.parameters.map(({ name }) => name)
    default:
      return []
  }
}

function namesOf(target: Target): string[] {
  return target.kind === 'target-tuple' ? target.items.flatMap(namesOf) : [target.name]
}
