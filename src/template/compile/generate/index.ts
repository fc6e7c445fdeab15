import type { Statement } from '../../syntax/ast.ts'
import type { Run, Site } from '../site.ts'
import { Emitter } from './emitter.ts'
import { emitStatements } from './statement.ts'

export { canMakeCode } from './make-code.ts'

/**
 * Makes the body of a function of a template (the template itself, a macro) into one function of JavaScript.
 *
 * The closures of the folder above define what a template means. This does the same for what templates do most, and calls the closures
 * for the rest.
 */
export function generateBody(site: Site, body: readonly Statement[]): Run {
  const emitter = new Emitter(site)
  emitStatements(emitter, site, body)
  return emitter.finish()
}
