import { Frame, type Runtime } from '../runtime.ts'
import type { Statement, TemplateNode } from '../syntax/ast.ts'
import { hasNode } from '../syntax/children.ts'
import type { TemplateSource } from '../syntax/source.ts'
import { canMakeCode, generateBody, generateTemplate } from './generate/index.ts'
import { Scope, Unit } from './scope.ts'
import { type Compilation, compileEntry, type Site } from './site.ts'
import { compileStatements } from './statement.ts'

/**
 * Whether a template may become JavaScript code: once it has been rendered a few times (`auto`), from the start (`always`), or not at
 * all (`never`). What it writes is the same. Where code is forbidden (a content security policy), it is never made.
 */
export type CodeGeneration = 'auto' | 'always' | 'never'

type Run = (runtime: Runtime) => void

/** To make code costs as much as so many renderings. */
const RENDERS_BEFORE_CODE = 50

/**
 * Compiles a template to closures, and later to code. What they write goes to the runtime's sinks.
 *
 * @throws TemplateError `template/syntax` for what Jinja2 refuses only here (filters that do not exist, a jump out of no loop)
 */
export function compileTemplate(
  template: TemplateNode,
  source: TemplateSource,
  code: CodeGeneration = 'auto',
): Run {
  const closures = compileClosures(template, source)
  // A block sees the variables of the top by their names: no template of a model has one.
  if (code === 'never' || hasNode(template, 'block')) return closures
  let run = closures
  let rendersLeft = code === 'always' ? 0 : RENDERS_BEFORE_CODE
  return runtime => {
    if (rendersLeft-- === 0 && canMakeCode()) run = compileCode(template, source) ?? closures
    run(runtime)
  }
}

function compileClosures(template: TemplateNode, source: TemplateSource): Run {
  const site = openTemplate(template, source, compileBody)
  const body = compileBody(site, template.body)
  const { unit } = site.scope
  return runtime => {
    body(new Frame(runtime, unit.size, undefined))
  }
}

function compileCode(template: TemplateNode, source: TemplateSource): Run | undefined {
  try {
    return generateTemplate(openTemplate(template, source, generateBody), template.body)
  } catch (error) {
    // Parsers of JavaScript give up on what is nested deeper, or has more parts, than anybody writes by hand.
    if (error instanceof RangeError || error instanceof SyntaxError) return undefined
    throw error
  }
}

function compileBody(site: Site, statements: readonly Statement[]): ReturnType<typeof compileStatements> {
  const enter = compileEntry(site.scope)
  const body = compileStatements(site, statements)
  return frame => {
    enter(frame)
    return body(frame)
  }
}

function openTemplate(
  template: TemplateNode,
  source: TemplateSource,
  compileBody: Compilation['compileBody'],
): Site {
  const scope = new Scope(new Unit(undefined), undefined, true)
  scope.analyze(template.body)
  const compilation = {
    source,
    hasBlocks: hasNode(template, 'block'),
    hasMarks: hasNode(template, 'generation'),
    compileBody,
  }
  return { compilation, scope, isSoft: false, inLoop: false }
}
