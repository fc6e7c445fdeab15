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
  const inside: Site = { ...site, scope, isSoft: false, inLoop: true }
  emitPull(emitter, inside, node, id)
  emitEntry(emitter, scope)
  if (variable !== undefined) emitter.line(`if (N${id}) v${variable.slot} = y${id};`)
  emitter.line(`const u${id} = rt.turn === undefined ? messageOf(rt, x${id}) : undefined;`)
  emitter.line(`if (u${id} !== undefined) {`)
  emitter.line(`rt.turn = u${id};`)
  emitter.line(`if (w !== undefined) w.push(turnStart(u${id}));`)
  emitter.line('}')
  emitter.loops.push({ id, variable })
  emitter.line(`B${id}: {`)
  emitStatements(emitter, inside, node.body)
  if (hasElse) emitter.line(`e${id} = false;`)
  emitter.line('}')
  emitter.loops.pop()
  emitTurnEnd(emitter, id)
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
  if (kind === 'break') emitTurnEnd(emitter, id)
  emitter.line(`break ${kind === 'break' ? 'L' : 'B'}${id};`)
}

function emitTurnEnd(emitter: Emitter, id: number): void {
  emitter.line(`if (u${id} !== undefined) {`)
  emitter.line('rt.turn = undefined;')
  emitter.line(`if (w !== undefined) w.push(turnEnd(u${id}));`)
  emitter.line('}')
}

/** The next item, in `x` and in the loop's variables. */
function emitPull(emitter: Emitter, site: Site, node: ForNode, id: number): void {
  const { target } = node
  const slot = target.kind === 'name' ? site.scope.find(target.name)!.slot : undefined
  emitter.line(`if (y${id} === undefined) {`)
  emitter.line(`if (i${id} === a${id}.length) break;`)
  emitter.line(`x${id} = a${id}[i${id}];`)
  emitter.line(`if (isPlain(x${id})) {`)
  if (slot !== undefined) emitter.assignPlain(slot, `x${id}`, true)
  emitter.line('} else {')
  emitter.line(`x${id} = readItemTraced(a${id}, i${id}, x${id});`)
  if (slot !== undefined) emitter.assignPlain(slot, `x${id}`, false)
  emitter.line('}')
  emitter.line('} else {')
  emitter.line(`if ((x${id} = y${id}.next()) === undefined) break;`)
  if (slot !== undefined) emitter.assign(slot, `x${id}`)
  emitter.line('}')
  emitter.line('rt.step();')
  if (slot === undefined) emitLoopTarget(emitter, site, node, id)
}

function emitLoopTarget(emitter: Emitter, site: Site, { target }: ForNode, id: number): void {
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
    else if (load.kind === 'resolve') emitter.assign(slot, emitter.given(load.name))
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
