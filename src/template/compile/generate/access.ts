import { missingItem } from '../../operations/access.ts'
import type { AttributeNode, Expression, ItemNode } from '../../syntax/ast.ts'
import { type Form, mayBeMethod } from '../access.ts'
import { findOwnSlot, type Site, toLiteral } from '../site.ts'
import type { Emitter } from './emitter.ts'
import { emitValue } from './expression.ts'

/** How a key of what is nearly always a plain object is read. */
export interface Access {
  /** Whether it is one; to be asked first. */
  readonly test: string
  /** The same, asked again. */
  readonly retest: string
  readonly owner: string
  /** The key, as a constant. */
  readonly key: string
  readonly text: string
  /** The long way. */
  readonly slow: (form: Form) => string
}

/** `object.name` and `object['key']`; undefined where that may mean more than an own key. */
export function openAccess(emitter: Emitter, site: Site, node: Expression): Access | undefined {
  const text = keyOf(node)
  // What every object of JavaScript inherits under that name, a dict must not be taken to have.
  if (text === undefined || mayBeMethod(text) || text in Object.prototype) return undefined
  const access = node as AttributeNode | ItemNode
  if (isNamespaceRead(emitter, access)) return undefined
  const key = emitter.constant(text)
  const slot = access.object.kind === 'name' ? findOwnSlot(site, access.object.name) : undefined
  const { object } = access
  if (
    slot !== undefined &&
    !emitter.loops.some(({ variable }) => variable === site.scope.find(nameOf(object)))
  ) {
    const owner = emitter.variable(slot)
    const test = `${owner} === ${emitter.plainVariable(slot)}`
    const slow = (form: Form) => emitSlow(emitter, site, access, emitValue(emitter, site, object), form)
    return { test, retest: test, owner, key, text, slow }
  }
  const value = emitValue(emitter, site, object)
  const owner = emitter.temporary()
  const slow = (form: Form) => emitSlow(emitter, site, access, owner, form)
  return { test: `isPlain(${owner} = ${value})`, retest: `isPlain(${owner})`, owner, key, text, slow }
}

/** `namespace.name`, as far as names tell. */
function isNamespaceRead(emitter: Emitter, { kind, object }: AttributeNode | ItemNode): boolean {
  return kind === 'attribute' && object.kind === 'name' && emitter.namespaces.has(object.name)
}

export function emitNamespaceRead(
  emitter: Emitter,
  site: Site,
  node: AttributeNode | ItemNode,
  form: Form,
): string | undefined {
  // Jinja2's sandbox has names with an underscore for its own.
  if (node.kind !== 'attribute' || !isNamespaceRead(emitter, node) || node.name.startsWith('_'))
    return undefined
  const slot = findOwnSlot(site, nameOf(node.object))
  if (slot === undefined || mayBeMethod(node.name)) return undefined
  const value = emitter.temporary()
  const found = `(${value} = attributeOf(${emitter.variable(slot)}, ${emitter.constant(node.name)})) !== undefined`
  const slow = emitSlow(emitter, site, node, emitValue(emitter, site, node.object), form)
  return `(${found} ? unwrap(${value}) : ${slow})`
}

function nameOf(node: Expression): string {
  return node.kind === 'name' ? node.name : ''
}

function keyOf(node: Expression): string | undefined {
  if (node.kind === 'attribute') return node.name
  if (node.kind !== 'item' || node.index.kind !== 'constant') return undefined
  return typeof node.index.value === 'string' ? node.index.value : undefined
}

function emitSlow(
  emitter: Emitter,
  site: Site,
  node: AttributeNode | ItemNode,
  object: string,
  form: Form,
): string {
  if (node.kind === 'attribute') return `readAttribute(rt, ${object}, ${emitter.constant(node)}, '${form}')`
  const index = node.index as Extract<Expression, { kind: 'constant' }>
  const key = toLiteral(site, index.value as string, index)
  return `readKey(rt, ${object}, ${emitter.constant({ key, node, form })})`
}

/** The item as it lies there: a string of the data bare, undefined where there is none. */
export function emitLoose({ test, owner, key, slow }: Access): string {
  return `(${test} ? ${owner}[${key}] : ${slow('bare')})`
}

/** The item as it lies there, for what looks at it and may complain. */
export function emitBare(emitter: Emitter, access: Access): string {
  const temporary = emitter.temporary()
  const missing = emitter.constant(missingItem({}, access.text))
  return `((${temporary} = ${emitLoose(access)}) === undefined ? ${missing} : ${temporary})`
}

/** The item as a value. */
export function emitItem({ test, owner, key, slow }: Access, form: 'value' | 'traced'): string {
  const read = form === 'value' ? 'itemOf' : 'tracedItemOf'
  return `(${test} ? ${read}(${owner}, ${key}, ${owner}[${key}]) : ${slow(form)})`
}
