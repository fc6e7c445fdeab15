import type { ForNode } from '../../syntax/ast.ts'
import { findFreeNames, Scope } from '../scope.ts'
import { compileSlot, type Site } from '../site.ts'
import type { Emitter } from './emitter.ts'
import { emitValue } from './expression.ts'
import { emitStatements } from './statement.ts'

/** `{% for %}` without a test of its own, and not recursive. */
export function emitFor(emitter: Emitter, site: Site, node: ForNode): void {
  const scope = new Scope(site.scope.unit, site.scope)
  const variable = findFreeNames(node.body, ['loop']).has('loop') ? scope.parameter('loop') : undefined
  const id = emitter.number()
  const iterable = emitValue(emitter, site, node.iterable)
  scope.analyzeTarget(node.target, true)
  scope.analyze(node.body)
  const here = emitter.constant(node.iterable)
  const isPair = node.target.kind === 'target-tuple' && node.target.items.length === 2
  const hasElse = node.otherwise.length > 0
  emitter.line(`const a${id} = ${iterable};`)
  emitter.line(`rt.at = ${here};`)
  emitter.line(
    `const y${id} = Array.isArray(a${id}) && !N${id} ? undefined : openLoop(a${id}, ${isPair}, ${variable !== undefined});`,
  )
  if (hasElse) emitter.line(`let e${id} = true;`)
  emitter.line(`L${id}: for (let i${id} = 0, x${id}; ; i${id}++) {`)
  emitter.line(`if (y${id} === undefined) {`)
  emitter.line(`if (i${id} === a${id}.length) break;`)
  emitter.line(`x${id} = readItemTraced(a${id}, i${id}, a${id}[i${id}]);`)
  emitter.line(`} else if ((x${id} = y${id}.next()) === undefined) break;`)
  emitter.line('rt.step();')
  const inside: Site = { ...site, scope, isSoft: false, inLoop: true }
  emitLoopTarget(emitter, inside, node, id)
  emitEntry(emitter, scope)
  if (variable !== undefined) emitter.line(`if (N${id}) v${variable.slot} = y${id};`)
  emitter.line(`const u${id} = rt.turn === undefined ? openTurn(rt, x${id}) : undefined;`)
  emitter.loops.push({ id, variable })
  emitter.line(`B${id}: {`)
  emitStatements(emitter, inside, node.body)
  if (hasElse) emitter.line(`e${id} = false;`)
  emitter.line('}')
  emitter.loops.pop()
  emitter.line(`if (u${id} !== undefined) closeTurn(rt, u${id});`)
  emitter.line(`rt.at = ${here};`)
  emitter.line('}')
  if (!hasElse) return
  const other = new Scope(site.scope.unit, site.scope)
  other.analyze(node.otherwise)
  emitter.line(`if (e${id}) {`)
  emitEntry(emitter, other)
  emitStatements(emitter, { ...site, scope: other, isSoft: false }, node.otherwise)
  emitter.line('}')
}

/** `{% break %}` or `{% continue %}`. */
export function emitJump(emitter: Emitter, kind: 'break' | 'continue'): void {
  const { id } = emitter.loops.at(-1)!
  if (kind === 'break') emitter.line(`if (u${id} !== undefined) closeTurn(rt, u${id});`)
  emitter.line(`break ${kind === 'break' ? 'L' : 'B'}${id};`)
}

function emitLoopTarget(emitter: Emitter, site: Site, { target }: ForNode, id: number): void {
  if (target.kind === 'name') emitter.assign(site.scope.find(target.name)!.slot, `x${id}`)
  if (target.kind !== 'target-tuple') return
  const { items } = target
  emitter.line(`const p${id} = unpack(unwrap(x${id}), ${items.length});`)
  for (const [i, item] of items.entries()) {
    if (item.kind === 'name') emitter.assign(site.scope.find(item.name)!.slot, `p${id}[${i}]`)
  }
}

/** Whether a loop is one of those that {@link emitFor} knows. */
export function canEmitFor({ recursive, test, target }: ForNode): boolean {
  if (recursive || test !== undefined) return false
  return target.kind === 'target-tuple'
    ? target.items.every(({ kind }) => kind === 'name')
    : target.kind === 'name'
}

/** What has to be done when a scope is entered, as compileEntry. */
export function emitEntry(emitter: Emitter, scope: Scope): void {
  for (const [{ slot }, load] of scope.loads) {
    if (load.kind === 'unset') emitter.assign(slot, 'undefined')
    else if (load.kind === 'resolve') emitter.assign(slot, `rt.resolve(${emitter.constant(load.name)})`)
    else if (load.kind === 'copy') {
      const { from } = load
      const isOwn = from.unit === scope.unit
      const read = isOwn
        ? emitter.variable(from.slot)
        : `${emitter.constant(compileSlot(scope.unit, from))}(F)`
      emitter.assign(slot, read)
    }
  }
}
