import type { IfNode, SetNode, Statement } from '../../syntax/ast.ts'
import { hasNode } from '../../syntax/children.ts'
import type { Site } from '../site.ts'
import { compileStatement } from '../statement.ts'
import type { Emitter } from './emitter.ts'
import { emitTraced } from './expression.ts'
import { canEmitFor, emitFor, emitJump } from './loop.ts'
import { emitOutput } from './output.ts'
import { emitTruth } from './truth.ts'

export function emitStatements(emitter: Emitter, site: Site, statements: readonly Statement[]): void {
  for (const statement of statements) emitter.statement(() => emitStatement(emitter, site, statement))
}

function emitStatement(emitter: Emitter, site: Site, node: Statement): void {
  // A macro's mark counts what was written before the call.
  if (site.compilation.hasMarks && node.kind !== 'output') emitter.flush()
  switch (node.kind) {
    case 'output':
      emitOutput(emitter, site, node)
      break
    case 'for':
      if (canEmitFor(node)) emitFor(emitter, site, node)
      else emitClosure(emitter, site, node)
      break
    case 'if':
      emitIf(emitter, site, node)
      break
    case 'set':
      emitSet(emitter, site, node)
      break
    case 'break':
    case 'continue':
      emitJump(emitter, node.kind)
      break
    default:
      emitClosure(emitter, site, node)
  }
}

/** A statement that is left to closures. */
function emitClosure(emitter: Emitter, site: Site, node: Statement): void {
  emitter.share(site, node)
  const run = `${emitter.constant(compileStatement(site, node))}(F)`
  if (emitter.loops.length === 0 || !(hasNode(node, 'break') || hasNode(node, 'continue'))) {
    emitter.around(`${run};`)
    return
  }
  const jump = `j${emitter.number()}`
  emitter.around(`const ${jump} = ${run};`)
  emitter.line(`if (${jump} === 1) {`)
  emitJump(emitter, 'break')
  emitter.line('}')
  emitter.line(`if (${jump} === 2) {`)
  emitJump(emitter, 'continue')
  emitter.line('}')
}

function emitIf(emitter: Emitter, site: Site, node: IfNode): void {
  if (node.test.kind === 'filter' && node.test.name === 'turn starts') {
    // It stands at the top of the template alone, whose text goes to the root.
    emitter.line('rt.noteTurn(rt.limits.maxLength - room + o.length);')
    return
  }
  const soft: Site = { ...site, isSoft: true }
  const branches = [node, ...node.elifs]
  const tests = branches.map(({ test }) => emitter.statement(() => emitTruth(emitter, soft, test)))
  for (const [i, { body }] of branches.entries()) {
    emitter.line(`${i === 0 ? '' : '} else '}if (${tests[i]}) {`)
    emitStatements(emitter, soft, body)
  }
  if (node.otherwise.length > 0) {
    emitter.line('} else {')
    emitStatements(emitter, soft, node.otherwise)
  }
  emitter.line('}')
}

function emitSet(emitter: Emitter, site: Site, node: SetNode): void {
  const { target } = node
  if (target.kind === 'name') {
    emitter.assign(site.scope.find(target.name)!.slot, emitTraced(emitter, site, node.value))
    return
  }
  const variable = target.kind === 'namespace-target' ? site.scope.find(target.name) : undefined
  if (target.kind !== 'namespace-target' || variable?.unit !== site.scope.unit) {
    emitClosure(emitter, site, node)
    return
  }
  const namespace = `n${emitter.number()}`
  const name = emitter.variable(variable.slot)
  // Jinja2 looks whether it is a namespace before it works out the value.
  emitter.line(`const ${namespace} = toNamespace(rt, ${name}, ${emitter.constant(target)});`)
  const value = emitTraced(emitter, site, node.value)
  emitter.line(`${namespace}.attributes.set(${emitter.constant(target.attribute)}, unwrap(${value}));`)
}
