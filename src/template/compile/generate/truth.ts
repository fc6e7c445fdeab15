import { TESTS } from '../../filters/tests.ts'
import type { CompareNode, Expression, TestNode } from '../../syntax/ast.ts'
import { computed } from '../../values/str.ts'
import { fits } from '../call.ts'
import { findOwnSlot, type Site } from '../site.ts'
import { compileTruth } from '../truth.ts'
import { emitBare, emitLoose as emitLooseItem, openAccess } from './access.ts'
import type { Emitter } from './emitter.ts'
import { emitArguments, emitClosure, emitValue } from './expression.ts'
import { emitLoopAttribute } from './loop-attribute.ts'
import { emitProbe, isProbe } from './probe.ts'

/** `bool(expression)`, as compileTruth. */
export function emitTruth(emitter: Emitter, site: Site, node: Expression): string {
  switch (node.kind) {
    case 'test':
      return emitTest(emitter, site, node)
    case 'compare':
      if (node.rest.length > 1) return emitClosure(emitter, site, node, compileTruth)
      return emitComparison(emitter, site, node)
    case 'logic': {
      const left = emitTruth(emitter, site, node.left)
      const right = emitTruth(emitter, site, node.right)
      return `(${left} ${node.operator === 'and' ? '&&' : '||'} ${right})`
    }
    case 'unary':
      if (node.operator === 'not') return `!${emitTruth(emitter, site, node.operand)}`
  }
  return `truthOfItem(${emitLoose(emitter, site, node)})`
}

/** As it lies there, for a question that takes nothing for undefined. */
function emitLoose(emitter: Emitter, site: Site, node: Expression): string {
  if (isProbe(node) && node.name === 'reads all')
    return emitProbe(emitter, node, emitLoose(emitter, site, node.input))
  if (node.kind === 'name') {
    const slot = findOwnSlot(site, node.name)
    const isLoop = emitter.loops.some(({ variable }) => variable === site.scope.find(node.name))
    if (slot !== undefined && !isLoop) return emitter.variable(slot)
  }
  const access = openMember(emitter, site, node)
  return access === undefined ? emitAsItLies(emitter, site, node) : emitLooseItem(access)
}

function openMember(emitter: Emitter, site: Site, node: Expression): ReturnType<typeof openAccess> {
  if (node.kind !== 'attribute' && node.kind !== 'item') return undefined
  if (emitLoopAttribute(emitter, site, node) !== undefined) return undefined
  return openAccess(emitter, site, node)
}

/** As it lies there, for a question that may be refused. */
function emitAsItLies(emitter: Emitter, site: Site, node: Expression): string {
  if (node.kind === 'constant') return emitter.constant(node.value)
  const access = openMember(emitter, site, node)
  return access === undefined ? emitValue(emitter, site, node) : emitBare(emitter, access)
}

function emitComparison(emitter: Emitter, site: Site, node: CompareNode): string {
  const { operator, value } = node.rest[0]!
  const { first } = node
  const isNot = operator === '!=' || operator === 'not in' ? '!' : ''
  if (
    (operator === '==' || operator === '!=') &&
    value.kind === 'constant' &&
    typeof value.value === 'string'
  ) {
    return `${isNot}isText(${emitLoose(emitter, site, first)}, ${emitter.constant(value.value)})`
  }
  if (
    (operator === 'in' || operator === 'not in') &&
    first.kind === 'constant' &&
    typeof first.value === 'string'
  ) {
    return isNot + emitHas(emitter, site, node, first.value, value)
  }
  const left = emitAsItLies(emitter, site, first)
  const right = emitAsItLies(emitter, site, value)
  const here = emitter.constant(node)
  if (operator in ORDERS) {
    const [a, b] = [emitter.temporary(), emitter.temporary()]
    const quick = `typeof (${a} = ${left}) === 'number' & typeof (${b} = ${right}) === 'number'`
    return `(${quick} ? ${a} ${operator} ${b} : check(rt, ${a}, ${b}, ${here}))`
  }
  return `check(rt, ${left}, ${right}, ${here})`
}

const ORDERS = { '<': true, '<=': true, '>': true, '>=': true }

/** `'text' in value`. */
function emitHas(emitter: Emitter, site: Site, node: CompareNode, text: string, value: Expression): string {
  const slow = (item: string) =>
    `has(rt, ${item}, ${emitter.constant(computed(text))}, ${emitter.constant(node)})`
  const slot = value.kind === 'name' ? findOwnSlot(site, value.name) : undefined
  if (slot === undefined || text in Object.prototype) return slow(emitAsItLies(emitter, site, value))
  const owner = emitter.variable(slot)
  const key = emitter.constant(text)
  // The prototype has no such key: what is found is its own.
  return `(${owner} === ${emitter.plainVariable(slot)} ? ${key} in ${owner} : ${slow(emitAsItLies(emitter, site, value))})`
}

function emitTest(emitter: Emitter, site: Site, node: TestNode): string {
  const test = TESTS.get(node.name)
  if (test === undefined) return emitClosure(emitter, site, node, compileTruth)
  const { checkItem } = test
  if (checkItem !== undefined && fits(test, node.args)) {
    const quick = QUICK_TESTS.get(node.name)
    if (quick === undefined)
      return `${emitter.constant(checkItem)}(${emitAsItLies(emitter, site, node.input)})`
    const item = emitter.temporary()
    return quick(item, emitLoose(emitter, site, node.input))
  }
  const given = emitArguments(emitter, site, node.args)
  if (given === undefined) return emitClosure(emitter, site, node, compileTruth)
  const input = emitValue(emitter, site, node.input)
  const { args, named } = given
  const rest = `{ test: ${emitter.constant(test)}, node: ${emitter.constant(node)}, named: ${named} }`
  return `checkTest(rt, ${input}, ${args}, ${rest})`
}

const QUICK_TESTS: ReadonlyMap<string, (item: string, code: string) => string> = new Map([
  ['defined', (item, code) => `!((${item} = ${code}) === undefined || ${item} instanceof Undefined)`],
  ['undefined', (item, code) => `((${item} = ${code}) === undefined || ${item} instanceof Undefined)`],
  [
    'none',
    (item, code) => `((${item} = ${code}) === null || (${item} instanceof Scalar && ${item}.value === null))`,
  ],
  ['string', (item, code) => `(typeof (${item} = ${code}) === 'string' || ${item} instanceof Str)`],
])
