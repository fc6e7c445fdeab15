import { Frame, type Runtime } from '../runtime.ts'
import type { TemplateNode } from '../syntax/ast.ts'
import { hasNode } from '../syntax/children.ts'
import type { TemplateSource } from '../syntax/source.ts'
import { Scope, Unit } from './scope.ts'
import { compileEntry, type Site } from './site.ts'
import { compileStatements } from './statement.ts'

/**
 * Compiles a template to closures: no code is generated, so that it runs under any content security policy. What the closures write goes
 * to the runtime's sinks.
 *
 * @throws TemplateError `template/syntax` for what Jinja2 refuses only here (filters that do not exist, a jump out of no loop)
 */
export function compileTemplate(template: TemplateNode, source: TemplateSource): (runtime: Runtime) => void {
  const unit = new Unit(undefined)
  const scope = new Scope(unit, undefined, true)
  scope.analyze(template.body)
  const compilation = {
    source,
    hasBlocks: hasNode(template, 'block'),
    hasMarks: hasNode(template, 'generation'),
  }
  const site: Site = { compilation, scope, isSoft: false, inLoop: false }
  const enter = compileEntry(scope)
  const body = compileStatements(site, template.body)
  return runtime => {
    const frame = new Frame(runtime, unit.size, undefined)
    enter(frame)
    body(frame)
  }
}
