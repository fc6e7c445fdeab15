import { FILTERS } from '../../filters/index.ts'
import { STR_METHODS } from '../../operations/str-methods.ts'
import type {
  Arguments,
  AttributeNode,
  CallNode,
  ConditionNode,
  Expression,
  FilterNode,
  ItemNode,
  SliceNode,
} from '../../syntax/ast.ts'
import { Undefined } from '../../values/undefined.ts'
import { fits } from '../call.ts'
import { compileExpression, compileTraced } from '../expression.ts'
import { findOwnSlot, type Site, toLiteral } from '../site.ts'
import { emitItem, emitNamespaceRead, openAccess } from './access.ts'
import type { Emitter } from './emitter.ts'
import { emitLoopAttribute } from './loop-attribute.ts'
import { emitProbe, isProbe } from './probe.ts'
import { emitTruth } from './truth.ts'

type Emit = (emitter: Emitter, site: Site, node: Expression) => string

/** An expression that gives a value, as compileExpression. */
export function emitValue(emitter: Emitter, site: Site, node: Expression): string {
  switch (node.kind) {
    case 'constant':
      if (node.value === null || typeof node.value === 'boolean') return String(node.value)
      return emitter.constant(typeof node.value === 'string' ? toLiteral(site, node.value, node) : node.value)
    case 'name': {
      const slot = findOwnSlot(site, node.name)
      if (slot === undefined) return emitClosure(emitter, site, node, compileExpression)
      askForLoop(emitter, site, node.name)
      return `look(${emitter.variable(slot)}, ${emitter.unset(node.name)})`
    }
    case 'list':
      return emitList(emitter, site, node.items, emitValue)
    case 'tuple':
      return `tupleOf(${emitList(emitter, site, node.items, emitValue)})`
    case 'dict': {
      const entries = node.entries.map(({ key, value }) => emitList(emitter, site, [key, value], emitValue))
      return `makeDictAt(rt, [${entries.join(', ')}], ${emitter.constant(node)})`
    }
    case 'attribute':
    case 'item':
      return emitMember(emitter, site, node, 'value')
    case 'call':
      return emitCall(emitter, site, node)
    case 'filter':
      if (isProbe(node)) return emitProbe(emitter, node, emitValue(emitter, site, node.input))
      return `unwrap(${emitFilter(emitter, site, node)})`
    case 'test':
    case 'compare':
      return emitTruth(emitter, site, node)
    case 'unary': {
      if (node.operator === 'not') return emitTruth(emitter, site, node)
      const operand = emitValue(emitter, site, node.operand)
      return `negateAt(rt, ${emitter.constant(node.operator)}, ${operand}, ${emitter.constant(node)})`
    }
    case 'binary': {
      const run = node.operator === '+' ? 'add' : node.operator === '-' ? 'subtract' : 'compute'
      const left = emitValue(emitter, site, node.left)
      return `${run}(rt, ${left}, ${emitValue(emitter, site, node.right)}, ${emitter.constant(node)})`
    }
    case 'logic':
      return emitLogic(emitter, site, node, emitValue)
    case 'concat':
      return `concatAt(rt, ${emitList(emitter, site, node.items, emitTraced)}, ${emitter.constant(node)})`
    case 'condition':
      return emitCondition(emitter, site, node, emitValue)
    default: {
      const never: never = node
      return never
    }
  }
}

/** As {@link emitValue}, for what is on its way to being printed, as compileTraced. */
export function emitTraced(emitter: Emitter, site: Site, node: Expression): string {
  switch (node.kind) {
    case 'name': {
      const slot = findOwnSlot(site, node.name)
      if (slot === undefined) return emitClosure(emitter, site, node, compileTraced)
      askForLoop(emitter, site, node.name)
      const name = emitter.variable(slot)
      return `(${name} === undefined ? ${emitter.unset(node.name)} : ${name})`
    }
    case 'attribute':
    case 'item':
      return emitMember(emitter, site, node, 'traced')
    case 'filter':
      return emitFilter(emitter, site, node)
    case 'logic':
      return emitLogic(emitter, site, node, emitTraced)
    case 'condition':
      return emitCondition(emitter, site, node, emitTraced)
    default:
      return emitValue(emitter, site, node)
  }
}

export function emitList(emitter: Emitter, site: Site, nodes: readonly Expression[], emit: Emit): string {
  return `[${nodes.map(node => emit(emitter, site, node)).join(', ')}]`
}

function askForLoop(emitter: Emitter, site: Site, name: string): void {
  const variable = site.scope.find(name)
  for (const loop of emitter.loops) if (loop.variable === variable) emitter.wholeLoop(loop.id)
}

/** A node that is left to closures. */
export function emitClosure(
  emitter: Emitter,
  site: Site,
  node: Expression,
  compile: (site: Site, node: Expression) => unknown,
): string {
  emitter.share(site, node)
  return `${emitter.constant(compile(site, node))}(F)`
}

function emitMember(
  emitter: Emitter,
  site: Site,
  node: AttributeNode | ItemNode,
  form: 'value' | 'traced',
): string {
  const ofLoop = emitLoopAttribute(emitter, site, node)
  if (ofLoop !== undefined) return ofLoop
  const access = openAccess(emitter, site, node)
  if (access !== undefined) return emitItem(access, form)
  const ofNamespace = emitNamespaceRead(emitter, site, node, form)
  if (ofNamespace !== undefined) return ofNamespace
  const object = (): string => emitValue(emitter, site, node.object)
  const here = emitter.constant(node)
  if (node.kind === 'item' && node.index.kind === 'slice') {
    return `getSliceAt(rt, ${object()}, ${emitBounds(emitter, site, node.index)}, ${here})`
  }
  const get = form === 'value' ? 'get' : 'getTraced'
  if (node.kind === 'attribute') {
    return `${get}AttributeAt(rt, ${object()}, ${emitter.constant(node.name)}, ${here})`
  }
  const owner = object()
  return `${get}ItemAt(rt, ${owner}, ${emitValue(emitter, site, node.index as Expression)}, ${here})`
}

function emitBounds(emitter: Emitter, site: Site, { from, to, step }: SliceNode): string {
  const bounds = [from, to, step].map(bound =>
    bound === undefined ? 'null' : emitValue(emitter, site, bound),
  )
  return `[${bounds.join(', ')}]`
}

function emitLogic(
  emitter: Emitter,
  site: Site,
  node: Extract<Expression, { kind: 'logic' }>,
  emit: Emit,
): string {
  const left = emitter.temporary()
  const value = emit(emitter, site, node.left)
  const right = emit(emitter, site, node.right)
  const isTrue = `truthOfItem(${left} = ${value})`
  return node.operator === 'and' ? `(${isTrue} ? ${right} : ${left})` : `(${isTrue} ? ${left} : ${right})`
}

function emitCondition(emitter: Emitter, site: Site, node: ConditionNode, emit: Emit): string {
  const soft: Site = { ...site, isSoft: true }
  const test = emitTruth(emitter, soft, node.test)
  const then = emit(emitter, soft, node.then)
  if (node.otherwise !== undefined) return `(${test} ? ${then} : ${emit(emitter, soft, node.otherwise)})`
  const { line } = site.compilation.source.place(node.start, node.end)
  const nothing = new Undefined(
    `the inline if-expression on line ${line} evaluated to false and no else section was defined.`,
  )
  return `(${test} ? ${then} : ${emitter.constant(nothing)})`
}

/** The arguments of a call, a filter or a test; undefined where they are unpacked from a list or dict. */
export function emitArguments(
  emitter: Emitter,
  site: Site,
  { positional, named, list, dict }: Arguments,
  emit: Emit = emitValue,
): { args: string; named: string } | undefined {
  if (list !== undefined || dict !== undefined) return undefined
  const args = positional.length === 0 ? 'NOTHING' : emitList(emitter, site, positional, emit)
  if (named.length === 0) return { args, named: 'undefined' }
  const names = emitter.constant(named.map(({ name }) => name))
  const values = emitList(
    emitter,
    site,
    named.map(({ value }) => value),
    emit,
  )
  return { args, named: `toNamed(${names}, ${values})` }
}

function emitCall(emitter: Emitter, site: Site, node: CallNode): string {
  const here = emitter.constant(node)
  const { callee } = node
  const isMethod = callee.kind === 'attribute'
  const value = emitValue(emitter, site, isMethod ? callee.object : callee)
  const given = emitArguments(emitter, site, node.args, isMethod ? emitValue : emitTraced)
  if (given === undefined) return emitClosure(emitter, site, node, compileExpression)
  const { args, named } = given
  if (!isMethod) return `callAt(rt, ${value}, ${args}, ${named}, ${here})`
  const method = STR_METHODS.get(callee.name)
  if (method !== undefined && fits(method, node.args)) {
    return `callStrMethod(rt, ${value}, ${emitter.constant(method)}, ${args}, ${here})`
  }
  return `callMethodAt(rt, ${value}, ${emitter.constant(callee.name)}, ${args}, ${named}, ${here})`
}

function emitFilter(emitter: Emitter, site: Site, node: FilterNode): string {
  if (isProbe(node)) return emitProbe(emitter, node, emitTraced(emitter, site, node.input))
  const filter = FILTERS.get(node.name)
  if (filter === undefined || node.input === undefined) return emitClosure(emitter, site, node, compileTraced)
  const input = (filter.isTraced === true ? emitTraced : emitValue)(emitter, site, node.input)
  const given = emitArguments(emitter, site, node.args)
  if (given === undefined) return emitClosure(emitter, site, node, compileTraced)
  const { args, named } = given
  const here = emitter.constant(node)
  const run = emitter.constant(filter)
  if (fits(filter, node.args)) return `applyFilter(rt, ${run}, ${input}, ${args}, ${here})`
  return `bindFilter(rt, ${run}, ${input}, { args: ${args}, named: ${named}, node: ${here} })`
}
