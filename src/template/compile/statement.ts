import { toStr } from '../operations/convert.ts'
import { Frame } from '../runtime.ts'
import type {
  BlockNode,
  FilterBlockNode,
  IfNode,
  JumpNode,
  SetBlockNode,
  SetNode,
  Statement,
  WithNode,
} from '../syntax/ast.ts'
import { compileTraced } from './expression.ts'
import { compileFilter } from './filter.ts'
import { capture, compileCallBlock, compileGeneration, compileMacro } from './function.ts'
import { compileFor } from './loop.ts'
import { compileOutput } from './output.ts'
import { Scope, Unit } from './scope.ts'
import { BREAK, CONTINUE, compileEntry, type Jump, NO_JUMP, type Run, type Site } from './site.ts'
import { compileTarget, compileTargetCheck } from './target.ts'
import { compileTruth } from './truth.ts'

/** Statements one after the other, up to the first jump. */
export function compileStatements(site: Site, statements: readonly Statement[]): Run {
  const runs = statements.map(statement => compileStatement(site, statement))
  if (runs.length === 0) return () => NO_JUMP
  if (runs.length === 1) return runs[0]!
  return frame => {
    for (let i = 0; i < runs.length; i++) {
      const jump = runs[i]!(frame)
      if (jump !== NO_JUMP) return jump
    }
    return NO_JUMP
  }
}

export function compileStatement(site: Site, node: Statement): Run {
  switch (node.kind) {
    case 'output':
      return compileOutput(site, node)
    case 'for':
      return compileFor(site, node)
    case 'if':
      return compileIf(site, node)
    case 'set':
      return compileSet(site, node)
    case 'set-block':
      return compileSetBlock(site, node)
    case 'macro':
      return compileMacro(site, node)
    case 'call-block':
      return compileCallBlock(site, node)
    case 'filter-block':
      return compileFilterBlock(site, node)
    case 'with':
      return compileWith(site, node)
    case 'block':
      return compileBlock(site, node)
    case 'generation':
      return compileGeneration(site, node)
    case 'break':
    case 'continue':
      return compileJump(site, node)
    default: {
      const never: never = node
      return never
    }
  }
}

function compileIf(site: Site, node: IfNode): Run {
  const soft: Site = { ...site, isSoft: true }
  const branches = [node, ...node.elifs].map(branch => ({
    test: compileTruth(soft, branch.test),
    body: compileStatements(soft, branch.body),
  }))
  const otherwise = compileStatements(soft, node.otherwise)
  if (branches.length === 1) {
    const { test, body } = branches[0]!
    return frame => (test(frame) ? body(frame) : otherwise(frame))
  }
  return frame => {
    for (let i = 0; i < branches.length; i++) {
      const branch = branches[i]!
      if (branch.test(frame)) return branch.body(frame)
    }
    return otherwise(frame)
  }
}

function compileSet(site: Site, node: SetNode): Run {
  const check = compileTargetCheck(site, node.target)
  const value = compileTraced(site, node.value)
  const assign = compileTarget(site, node.target)
  return frame => {
    check?.(frame)
    const result = value(frame)
    frame.runtime.at = node
    assign(frame, result)
    return NO_JUMP
  }
}

function compileSetBlock(site: Site, node: SetBlockNode): Run {
  const scope = new Scope(site.scope.unit, site.scope)
  scope.analyze(node.body)
  if (node.filter !== undefined) scope.analyze([node.filter])
  const inside: Site = { ...site, scope, isSoft: false }
  const enter = compileEntry(scope)
  const body = compileStatements(inside, node.body)
  const filter = node.filter === undefined ? undefined : compileFilter(inside, node.filter)
  const assign = compileTarget(site, node.target)
  return frame => {
    const { runtime } = frame
    enter(frame)
    let jump: Jump = NO_JUMP
    const written = capture(runtime, () => {
      jump = body(frame)
    })
    if (jump !== NO_JUMP) return jump
    runtime.captured = written
    assign(frame, filter === undefined ? written : filter(frame))
    return NO_JUMP
  }
}

function compileFilterBlock(site: Site, node: FilterBlockNode): Run {
  const scope = new Scope(site.scope.unit, site.scope)
  scope.analyze(node.body)
  scope.analyze([node.filter])
  const inside: Site = { ...site, scope, isSoft: false }
  const enter = compileEntry(scope)
  const body = compileStatements(inside, node.body)
  const filter = compileFilter(inside, node.filter)
  return frame => {
    const { runtime } = frame
    enter(frame)
    let jump: Jump = NO_JUMP
    runtime.captured = capture(runtime, () => {
      jump = body(frame)
    })
    if (jump !== NO_JUMP) return jump
    runtime.out.write(toStr(runtime, filter(frame)), node.filter)
    return NO_JUMP
  }
}

function compileWith(site: Site, node: WithNode): Run {
  const scope = new Scope(site.scope.unit, site.scope)
  for (const { target } of node.targets) scope.analyzeTarget(target, true)
  scope.analyze(node.body)
  const inside: Site = { ...site, scope, isSoft: false }
  const enter = compileEntry(scope)
  const writes = node.targets.map(({ target, value }) => ({
    value: compileTraced(site, value),
    assign: compileTarget(inside, target),
  }))
  const body = compileStatements(inside, node.body)
  return frame => {
    enter(frame)
    for (const { value, assign } of writes) assign(frame, value(frame))
    return body(frame)
  }
}

/** A block sees what was set at the template's top so far, and nothing of what is around it. */
function compileBlock(site: Site, node: BlockNode): Run {
  const unit = new Unit(undefined)
  const scope = new Scope(unit, undefined)
  scope.analyze(node.body)
  const enter = compileEntry(scope)
  const body = compileStatements({ ...site, scope, isSoft: false, inLoop: false }, node.body)
  return outer => {
    const frame = new Frame(outer.runtime, unit.size, undefined)
    enter(frame)
    body(frame)
    return NO_JUMP
  }
}

function compileJump(site: Site, node: JumpNode): Run {
  if (!site.inLoop) {
    throw site.compilation.source.syntaxError(`{% ${node.kind} %} stands in no loop`, node.start, node.end)
  }
  const jump = node.kind === 'break' ? BREAK : CONTINUE
  return () => jump
}
