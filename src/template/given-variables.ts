import { findGlobal } from './globals.ts'
import type { Expression, ForNode, IfNode, Node, Parameter, Target, TemplateNode } from './syntax/ast.ts'
import { childrenOf } from './syntax/children.ts'
import { parseTemplate } from './syntax/parser.ts'
import { TemplateSource } from './syntax/source.ts'
import { BASE_NAMES } from './variables.ts'

/** A variable that only the caller can set. */
export interface GivenVariable {
  readonly name: string
  /** The constants that the template compares it with, or has in its place where it is not given; in the order of the text. */
  readonly constants: readonly (string | number)[]
}

/**
 * The variables that a template reads and doesn't make: `enable_thinking` and the like, which are told apart by no name. What every template is given
 * (`messages`, `tools`, …), special tokens and functions are left out.
 *
 * @throws TemplateError `template/syntax`
 */
export function findGivenVariables(source: string): readonly GivenVariable[] {
  const tree = parseTemplate(new TemplateSource(source, 'template'))
  const free = new Set<string>()
  readNode(tree, new Scope(listHoisted(tree)), free)
  const aliases = findAliases(tree)
  const asked = findAskedNames(tree)
  return [...free]
    .filter(name => isCallers(name) && (asked.has(name) || !aliases.has(name)))
    .map(name => ({ name, constants: findConstants(tree, name, aliases) }))
}

/**
 * The names of which a template asks whether they are given. One that it sets itself in some branch and reads without asking is its own affair, though
 * a caller's value would show through.
 */
function findAskedNames(tree: Node): ReadonlySet<string> {
  const asked = new Set<string>()
  walk(tree, node => {
    if (node.kind === 'test' && ASKING.has(node.name) && node.input.kind === 'name')
      asked.add(node.input.name)
    if (node.kind === 'filter' && DEFAULTS.has(node.name) && node.input?.kind === 'name')
      asked.add(node.input.name)
  })
  return asked
}

const ASKING: ReadonlySet<string> = new Set(['defined', 'undefined', 'none'])
const DEFAULTS: ReadonlySet<string> = new Set(['default', 'd'])

function isCallers(name: string): boolean {
  return !BASE_NAMES.includes(name) && findGlobal(name) === undefined && !name.endsWith('_token')
}

/** The names that are set so far, and where: what is set in a loop or a macro is gone behind it. */
class Scope {
  readonly names: Set<string>
  /** What the template itself sets anywhere: there when a macro is called. */
  readonly hoisted: ReadonlySet<string>
  readonly #outer: Scope | undefined

  constructor(outer: Scope | ReadonlySet<string>, names: Iterable<string> = []) {
    this.#outer = outer instanceof Scope ? outer : undefined
    this.hoisted = outer instanceof Scope ? outer.hoisted : outer
    this.names = new Set(names)
  }

  has(name: string): boolean {
    return this.names.has(name) || (this.#outer?.has(name) ?? false)
  }

  /** The same scope as far as one branch of an `if` has come: what it sets is not set in the others. */
  branch(): Scope {
    return new Scope(this.#outer ?? this.hoisted, this.names)
  }
}

/** Adds the names that a node reads while nobody has set them. */
function readNode(node: Node, scope: Scope, free: Set<string>): void {
  switch (node.kind) {
    case 'name':
      if (!scope.has(node.name)) free.add(node.name)
      break
    case 'set':
      readNode(node.value, scope, free)
      setTarget(node.target, scope)
      break
    case 'set-block':
      readAll(childrenOf(node), new Scope(scope), free)
      setTarget(node.target, scope)
      break
    case 'for':
      readLoop(node, scope, free)
      break
    case 'if':
      readBranches(node, scope, free)
      break
    case 'macro':
      scope.names.add(node.name)
      readAll(defaultsOf(node.parameters), scope, free)
      readAll(
        node.body,
        new Scope(scope, [...scope.hoisted, ...namesOf(node.parameters), ...IN_MACROS]),
        free,
      )
      break
    case 'call-block':
      readAll([node.call, ...defaultsOf(node.parameters)], scope, free)
      readAll(node.body, new Scope(scope, namesOf(node.parameters)), free)
      break
    case 'with': {
      const inside = new Scope(scope)
      for (const { target, value } of node.targets) {
        readNode(value, scope, free)
        setTarget(target, inside)
      }
      readAll(node.body, inside, free)
      break
    }
    case 'filter-block':
    case 'block':
    case 'generation':
      readAll(childrenOf(node), new Scope(scope), free)
      break
    default:
      readAll(childrenOf(node), scope, free)
  }
}

function readAll(nodes: readonly Node[], scope: Scope, free: Set<string>): void {
  for (const node of nodes) readNode(node, scope, free)
}

function readLoop(
  { target, iterable, test, body, otherwise }: ForNode,
  scope: Scope,
  free: Set<string>,
): void {
  readNode(iterable, scope, free)
  const inside = new Scope(scope, ['loop'])
  setTarget(target, inside)
  if (test !== undefined) readNode(test, inside, free)
  readAll(body, inside, free)
  readAll(otherwise, new Scope(scope), free)
}

/** Behind an `if` there is what all its branches set. */
function readBranches(node: IfNode, scope: Scope, free: Set<string>): void {
  const branches = [node, ...node.elifs].map(({ test, body }) => {
    readNode(test, scope, free)
    return readBranch(body, scope, free)
  })
  const [first, ...others] = [...branches, readBranch(node.otherwise, scope, free)]
  for (const name of first!.names) if (others.every(({ names }) => names.has(name))) scope.names.add(name)
}

/** What a macro has without naming it. */
const IN_MACROS = ['caller', 'varargs', 'kwargs']

function readBranch(body: readonly Node[], scope: Scope, free: Set<string>): Scope {
  const branch = scope.branch()
  readAll(body, branch, free)
  return branch
}

function setTarget(target: Target, scope: Scope): void {
  if (target.kind === 'name') scope.names.add(target.name)
  if (target.kind === 'target-tuple') for (const item of target.items) setTarget(item, scope)
}

/** Macros, and what is set outside of loops and macros. */
function listHoisted(tree: TemplateNode): Set<string> {
  const scope = new Scope(new Set())
  const add = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      if (node.kind === 'macro') scope.names.add(node.name)
      if (node.kind === 'set' || node.kind === 'set-block') setTarget(node.target, scope)
      if (node.kind === 'if') add([...node.body, ...node.elifs, ...node.otherwise])
    }
  }
  add(tree.body)
  return scope.names
}

function defaultsOf(parameters: readonly Parameter[]): Expression[] {
  return parameters.flatMap(parameter => parameter.default ?? [])
}

function namesOf(named: readonly { readonly name: string }[]): string[] {
  return named.map(({ name }) => name)
}

/** Variables that are set from others, `name` or `ns.attribute`: whose expression they have. */
function findAliases(tree: Node): ReadonlyMap<string, readonly Expression[]> {
  const aliases = new Map<string, Expression[]>()
  const add = (key: string | undefined, value: Expression): void => {
    if (key !== undefined) aliases.set(key, [...(aliases.get(key) ?? []), value])
  }
  walk(tree, node => {
    if (node.kind === 'set') add(keyOfTarget(node.target), node.value)
    // `namespace(effort=reasoning_effort)` sets attributes by name.
    if (node.kind !== 'set' || node.target.kind !== 'name' || node.value.kind !== 'call') return
    for (const { name, value } of node.value.args.named) add(`${node.target.name}.${name}`, value)
  })
  return aliases
}

function keyOfTarget(target: Target): string | undefined {
  if (target.kind === 'name') return target.name
  return target.kind === 'namespace-target' ? `${target.name}.${target.attribute}` : undefined
}

/** What is read: a variable as it is, or through filters and methods that make one text of another (`effort | lower`, `effort.strip()`). */
function keyOf(node: Node): string | undefined {
  switch (node.kind) {
    case 'name':
      return node.name
    case 'attribute':
      return node.object.kind === 'name' ? `${node.object.name}.${node.name}` : undefined
    case 'filter':
      return node.input === undefined ? undefined : keyOf(node.input)
    case 'call':
      return node.callee.kind === 'attribute' && node.args.positional.length === 0
        ? keyOf(node.callee.object)
        : undefined
    default:
      return undefined
  }
}

/** The constants that a variable, or one that is set from it, is compared with, looked up by, or has by default. */
function findConstants(
  tree: Node,
  name: string,
  aliases: ReadonlyMap<string, readonly Expression[]>,
): (string | number)[] {
  const keys = new Set([name])
  for (let size = 0; size < keys.size; ) {
    size = keys.size
    for (const [key, values] of aliases)
      if (values.some(value => listBranches(value).some(part => keys.has(keyOf(part) ?? '')))) keys.add(key)
  }
  const isOfIt = (node: Node): boolean => keys.has(keyOf(node) ?? '')
  const found = new Set<string | number>()
  const add = (node: Node): void => {
    for (const value of listConstants(node)) found.add(value)
  }
  walk(tree, node => {
    if (node.kind === 'compare') {
      const operands = [node.first, ...node.rest.map(({ value }) => value)]
      if (operands.some(isOfIt)) operands.forEach(add)
    }
    if (node.kind === 'filter' && DEFAULTS.has(node.name) && node.input !== undefined && isOfIt(node.input))
      node.args.positional.slice(0, 1).forEach(add)
    if (node.kind === 'set' && keys.has(keyOfTarget(node.target) ?? '')) listBranches(node.value).forEach(add)
    if (node.kind === 'item' && isOfIt(node.index) && node.object.kind === 'dict')
      for (const { key } of node.object.entries) add(key)
  })
  return [...found]
}

/** The values that an expression may have: both sides of `a if b else c`, of `a or b`. */
function listBranches(value: Expression): Expression[] {
  if (value.kind === 'condition')
    return [value.then, value.otherwise].flatMap(part => (part === undefined ? [] : listBranches(part)))
  return value.kind === 'logic' ? [value.left, value.right].flatMap(listBranches) : [value]
}

function listConstants(node: Node): (string | number)[] {
  if (node.kind === 'list' || node.kind === 'tuple') return node.items.flatMap(listConstants)
  if (node.kind !== 'constant') return []
  const { value } = node
  return typeof value === 'string' || typeof value === 'number' ? [value] : []
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const child of childrenOf(node)) walk(child, visit)
}
