import { PROBES } from '../../history/probes.ts'
import { EVERY_MESSAGE } from '../../runtime.ts'
import type { Expression, FilterNode } from '../../syntax/ast.ts'
import type { Emitter } from './emitter.ts'

/** A probe, which notes what a rendering does and stands for its input. */
export function isProbe(node: Expression): node is FilterNode & { readonly input: Expression } {
  return node.kind === 'filter' && node.input !== undefined && PROBES.has(node.name)
}

/** @param input its input, in whatever form it is wanted */
export function emitProbe(emitter: Emitter, { name }: FilterNode, input: string): string {
  if (name === 'reads all') return `(rt.noteRead(${emitter.constant(EVERY_MESSAGE)}), ${input})`
  return `${emitter.constant(PROBES.get(name))}(rt, ${input})`
}
