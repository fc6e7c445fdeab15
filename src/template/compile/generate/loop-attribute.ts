import type { AttributeNode, ItemNode } from '../../syntax/ast.ts'
import type { Site } from '../site.ts'
import type { Emitter } from './emitter.ts'

/** What a loop over a list knows without a `loop`: its index `i` and its list `a`. */
const ATTRIBUTES: ReadonlyMap<string, (i: string, a: string) => string> = new Map([
  ['index0', i => i],
  ['index', i => `${i} + 1`],
  ['first', i => `${i} === 0`],
  ['last', (i, a) => `${i} === ${a}.length - 1`],
  ['length', (_, a) => `${a}.length`],
  ['revindex', (i, a) => `${a}.length - ${i}`],
  ['revindex0', (i, a) => `${a}.length - ${i} - 1`],
])

/** `loop.name`; undefined for all else. */
export function emitLoopAttribute(
  emitter: Emitter,
  site: Site,
  node: AttributeNode | ItemNode,
): string | undefined {
  if (node.kind !== 'attribute' || node.object.kind !== 'name') return undefined
  const variable = site.scope.find(node.object.name)
  const loop = emitter.loops.find(one => one.variable !== undefined && one.variable === variable)
  const attribute = ATTRIBUTES.get(node.name)
  if (loop === undefined || attribute === undefined) return undefined
  const { id } = loop
  return `(y${id} === undefined ? ${attribute(`i${id}`, `a${id}`)} : y${id}.attribute(${emitter.constant(node.name)}))`
}
