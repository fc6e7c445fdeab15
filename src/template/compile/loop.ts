import { unwrap } from '../operations/convert.ts'
import { type Cursor, EntryCursor, FilterCursor, IteratorCursor, ListCursor } from '../operations/cursor.ts'
import { iterateTraced, lengthOf } from '../operations/iterate.ts'
import { LoopState } from '../operations/loop-state.ts'
import { Frame, type Runtime } from '../runtime.ts'
import type { ForNode, Statement, Target } from '../syntax/ast.ts'
import { TurnEntry } from '../trace/log.ts'
import { DictView } from '../values/objects.ts'
import { TemplateObject } from '../values/template-object.ts'
import type { Value } from '../values/value.ts'
import { compileExpression } from './expression.ts'
import { capture } from './function.ts'
import { findFreeNames, Scope, Unit } from './scope.ts'
import { BREAK, compileEntry, NO_JUMP, type Run, type Site } from './site.ts'
import { compileStatements } from './statement.ts'
import { compileTarget } from './target.ts'
import { compileTruth } from './truth.ts'

type RunLoop = (frame: Frame, cursor: Cursor, loop: LoopState | undefined) => void

/** `{% for %}`. */
export function compileFor(site: Site, node: ForNode): Run {
  refuseLoopTarget(site, node)
  const unit = node.recursive ? new Unit(site.scope.unit) : site.scope.unit
  const scope = new Scope(unit, site.scope)
  const loopSlot =
    node.recursive || findFreeNames(node.body, ['loop']).has('loop')
      ? scope.parameter('loop').slot
      : undefined
  const run = compileLoop(site, node, scope, loopSlot)
  const iterable = compileExpression(site, node.iterable)
  const filter = compileLoopTest(site, node)
  const isPair = node.target.kind === 'target-tuple' && node.target.items.length === 2
  const open = (frame: Frame, value: Value): { cursor: Cursor; length: number | undefined } => {
    const cursor = openCursor(value, isPair)
    if (filter !== undefined) return { cursor: filter(frame, cursor), length: undefined }
    // A dict's keys would be listed for it: a loop that is asked for its length counts what comes.
    const hasLength = loopSlot !== undefined && !(value instanceof DictView)
    return { cursor, length: hasLength ? lengthOf(value) : undefined }
  }
  if (node.recursive) return compileRecursion(node, { unit, iterable, open, run })
  return frame => {
    const value = iterable(frame)
    frame.runtime.at = node.iterable
    const { cursor, length } = open(frame, value)
    run(frame, cursor, loopSlot === undefined ? undefined : new LoopState(cursor, length))
    return NO_JUMP
  }
}

export function openCursor(value: Value, isPair: boolean): Cursor {
  if (Array.isArray(value)) return new ListCursor(value)
  if (isPair && value instanceof DictView && value.part === 'items') return new EntryCursor(value.dict)
  return new IteratorCursor(iterateTraced(value))
}

/** A loop that can call itself for inner items: a function, whose output is what `loop(…)` gives. */
function compileRecursion(
  node: ForNode,
  loop: {
    unit: Unit
    iterable: (frame: Frame) => Value
    open: (frame: Frame, value: Value) => { cursor: Cursor; length: number | undefined }
    run: RunLoop
  },
): Run {
  return outer => {
    const { runtime } = outer
    const call = (value: Value, depth: number): Value => {
      runtime.enter()
      const frame = new Frame(runtime, loop.unit.size, outer)
      const { cursor, length } = loop.open(outer, value)
      const state = new LoopState(cursor, length, depth, (inner, next) => call(unwrap(inner), next))
      const written = capture(runtime, () => loop.run(frame, cursor, state))
      runtime.leave()
      return written
    }
    const value = loop.iterable(outer)
    runtime.at = node.iterable
    const written = call(value, 0)
    runtime.out.write(written as Parameters<typeof runtime.out.write>[0], node)
    return NO_JUMP
  }
}

function compileLoop(site: Site, node: ForNode, scope: Scope, loopSlot: number | undefined): RunLoop {
  scope.analyzeTarget(node.target, true)
  scope.analyze(node.body)
  const inside: Site = { ...site, scope, isSoft: false, inLoop: true }
  const assign = compileTarget(inside, node.target)
  const enter = compileEntry(scope)
  const body = compileStatements(inside, node.body)
  const otherwise = compileElse(site, node, scope.unit)
  return (frame, cursor, loop) => {
    const { runtime } = frame
    let isEmpty = true
    const source = loop ?? cursor
    for (let item = source.next(); item !== undefined; item = source.next()) {
      runtime.step()
      assign(frame, item)
      enter(frame)
      if (loopSlot !== undefined) frame.slots[loopSlot] = loop
      const turn = openTurn(runtime, item)
      const jump = body(frame)
      if (turn !== undefined) closeTurn(runtime, turn)
      if (jump === BREAK) break
      // As in Jinja2: an iteration that ends with `continue` does not keep `else` from running.
      if (jump === NO_JUMP) isEmpty = false
      runtime.at = node.iterable
    }
    if (isEmpty) otherwise?.(frame)
  }
}

function compileElse(site: Site, node: ForNode, unit: Unit): Run | undefined {
  if (node.otherwise.length === 0) return undefined
  const scope = new Scope(unit, site.scope)
  scope.analyze(node.otherwise)
  const enter = compileEntry(scope)
  const run = compileStatements({ ...site, scope, isSoft: false }, node.otherwise)
  return frame => {
    enter(frame)
    return run(frame)
  }
}

/** `for x in items if test`: the test has variables of its own and is asked as items are pulled. */
function compileLoopTest(site: Site, node: ForNode): ((frame: Frame, cursor: Cursor) => Cursor) | undefined {
  if (node.test === undefined) return undefined
  const scope = new Scope(site.scope.unit, site.scope)
  scope.analyzeTarget(node.target, true)
  scope.analyze([node.test])
  const inside: Site = { ...site, scope, isSoft: false }
  const assign = compileTarget(inside, node.target)
  const enter = compileEntry(scope)
  const test = compileTruth(inside, node.test)
  return (frame, cursor) => {
    enter(frame)
    return new FilterCursor(cursor, item => {
      frame.runtime.step()
      assign(frame, item)
      return test(frame)
    })
  }
}

/** The start and the end of each message's turn, made once. */
const STARTS: TurnEntry[] = []
const ENDS: TurnEntry[] = []

export function turnStart(message: number): TurnEntry {
  STARTS[message] ??= new TurnEntry(message, true)
  return STARTS[message]
}

export function turnEnd(message: number): TurnEntry {
  ENDS[message] ??= new TurnEntry(message, false)
  return ENDS[message]
}

/** The outermost loop over messages writes turns; a loop inside of one does not. */
function openTurn(runtime: Runtime, item: Value): number | undefined {
  if (runtime.turn !== undefined || typeof item !== 'object' || item instanceof TemplateObject)
    return undefined
  const message = runtime.messageOf(item)
  if (message === undefined) return undefined
  runtime.turn = message
  runtime.out.mark(turnStart(message))
  return message
}

function closeTurn(runtime: Runtime, message: number): void {
  runtime.turn = undefined
  runtime.out.mark(turnEnd(message))
}

function refuseLoopTarget(site: Site, node: ForNode): void {
  const writesLoop = (target: Target): boolean =>
    target.kind === 'target-tuple'
      ? target.items.some(writesLoop)
      : target.kind === 'name' && target.name === 'loop'
  const visit = (statement: Statement): void => {
    if ((statement.kind === 'set' || statement.kind === 'set-block') && writesLoop(statement.target))
      fail(statement)
    if (statement.kind === 'if')
      [...statement.body, ...statement.elifs, ...statement.otherwise].forEach(visit)
    else if ('body' in statement) statement.body.forEach(visit)
  }
  const fail = ({ start, end }: { start: number; end: number }): never => {
    throw site.compilation.source.syntaxError("loop can't be assigned to inside of a loop", start, end)
  }
  if (writesLoop(node.target)) fail(node.target)
  node.body.forEach(visit)
}
