import type { Runtime } from '../../runtime.ts'
import type { Statement } from '../../syntax/ast.ts'
import type { Run, Site } from '../site.ts'
import { Emitter } from './emitter.ts'
import { emitEntry } from './loop.ts'
import { namespacesIn } from './names.ts'
import { emitStatements } from './statement.ts'

export { canMakeCode } from './make-code.ts'

/**
 * Makes the body of a function of a template (a macro) into one function of JavaScript.
 *
 * The closures of the folder above define what a template means. This does the same for what templates do most, and calls the closures
 * for the rest.
 */
export function generateBody(site: Site, body: readonly Statement[]): Run {
  return emitBody(site, body).finish(false) as Run
}

/** As {@link generateBody}, of a whole template. */
export function generateTemplate(site: Site, body: readonly Statement[]): (runtime: Runtime) => void {
  return emitBody(site, body).finish(true) as (runtime: Runtime) => void
}

function emitBody(site: Site, body: readonly Statement[]): Emitter {
  const emitter = new Emitter(site, namespacesIn(body))
  for (const [{ slot }, { kind }] of site.scope.loads) {
    if (kind === 'parameter') emitter.assign(slot, `s[${slot}]`)
  }
  emitEntry(emitter, site.scope)
  emitStatements(emitter, site, body)
  return emitter
}
