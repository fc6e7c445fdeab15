import type { Node, Statement, Target } from '../syntax/ast.ts'
import { childrenOf } from '../syntax/children.ts'

/** A function of the compiled template: the template itself, a macro, a recursive loop, a block. It has slots for its variables. */
export class Unit {
  readonly parent: Unit | undefined
  size = 0

  constructor(parent: Unit | undefined) {
    this.parent = parent
  }

  newSlot(): number {
    return this.size++
  }
}

export interface Variable {
  readonly unit: Unit
  readonly slot: number
}

/** What a variable is when its scope is entered. */
export type Load =
  | { readonly kind: 'parameter' }
  /** What the template was given under that name, or a global. */
  | { readonly kind: 'resolve'; readonly name: string }
  /** A copy of a variable around: writing to it changes nothing outside. */
  | { readonly kind: 'copy'; readonly from: Variable }
  | { readonly kind: 'unset' }

/**
 * The names of one scope. These are Jinja2's rules exactly, the surprising ones included: whether a name that is written in one branch
 * of an `if` still means the outer one in the other, and that what is written before it is read is unset until then.
 */
export class Scope {
  readonly unit: Unit
  readonly parent: Scope | undefined
  /** Whether variables set here can be seen by blocks. */
  readonly isTop: boolean
  readonly loads: Map<Variable, Load>
  readonly #names: Map<string, Variable>
  readonly #stores: Set<string>
  /** One variable for each name, shared by the copies made for branches. */
  readonly #variables: Map<string, Variable>

  constructor(unit: Unit, parent: Scope | undefined, isTop = false, original?: Scope) {
    this.unit = unit
    this.parent = parent
    this.isTop = isTop
    this.loads = new Map(original?.loads)
    this.#names = new Map(original === undefined ? [] : original.#names)
    this.#stores = new Set(original === undefined ? [] : original.#stores)
    this.#variables = original === undefined ? new Map() : original.#variables
  }

  find(name: string): Variable | undefined {
    return this.#names.get(name) ?? this.parent?.find(name)
  }

  #define(name: string, load: Load): Variable {
    let variable = this.#variables.get(name)
    if (variable === undefined) {
      variable = { unit: this.unit, slot: this.unit.newSlot() }
      this.#variables.set(name, variable)
    }
    this.#names.set(name, variable)
    this.loads.set(variable, load)
    return variable
  }

  parameter(name: string): Variable {
    this.#stores.add(name)
    return this.#define(name, { kind: 'parameter' })
  }

  #read(name: string): void {
    if (this.find(name) === undefined) this.#define(name, { kind: 'resolve', name })
  }

  #write(name: string): void {
    this.#stores.add(name)
    if (this.#names.has(name)) return
    const outer = this.parent?.find(name)
    this.#define(name, outer === undefined ? { kind: 'unset' } : { kind: 'copy', from: outer })
  }

  /** Finds what some nodes read and write in this scope; nodes with a scope of their own are left for later. */
  analyze(nodes: readonly Node[]): void {
    for (const node of nodes) this.#visit(node)
  }

  analyzeTarget(target: Target, asParameter: boolean): void {
    if (target.kind === 'target-tuple') {
      for (const item of target.items) this.analyzeTarget(item, asParameter)
    } else if (target.kind === 'namespace-target') {
      this.#read(target.name)
    } else if (asParameter) {
      this.parameter(target.name)
    } else {
      this.#write(target.name)
    }
  }

  #visit(node: Node): void {
    switch (node.kind) {
      case 'name':
        this.#read(node.name)
        break
      case 'if':
        this.#visit(node.test)
        this.#merge([this.#branch(node.body), this.#branch(node.elifs), this.#branch(node.otherwise)])
        break
      case 'macro':
        this.#write(node.name)
        break
      case 'for':
        this.#visit(node.iterable)
        break
      case 'call-block':
        this.#visit(node.call)
        break
      case 'filter-block':
        this.#visit(node.filter)
        break
      case 'with':
        for (const { value } of node.targets) this.#visit(value)
        break
      case 'set':
        this.#visit(node.value)
        this.analyzeTarget(node.target, false)
        break
      case 'set-block':
        this.analyzeTarget(node.target, false)
        break
      case 'block':
      case 'generation':
        break
      default:
        for (const child of childrenOf(node)) this.#visit(child)
    }
  }

  #branch(nodes: readonly Statement[]): Scope {
    const copy = new Scope(this.unit, this.parent, this.isTop, this)
    copy.analyze(nodes)
    return copy
  }

  #merge(branches: readonly Scope[]): void {
    const written = new Set<string>()
    for (const branch of branches) {
      for (const name of branch.#stores) if (!this.#stores.has(name)) written.add(name)
    }
    for (const branch of branches) {
      for (const [name, variable] of branch.#names) this.#names.set(name, variable)
      for (const [variable, load] of branch.loads) this.loads.set(variable, load)
      for (const name of branch.#stores) this.#stores.add(name)
    }
    for (const name of written) {
      const outer = this.parent?.find(name)
      this.loads.set(
        this.#names.get(name)!,
        outer === undefined ? { kind: 'resolve', name } : { kind: 'copy', from: outer },
      )
    }
  }
}

/** Which of the names are read before they are written, blocks apart. */
export function findFreeNames(nodes: readonly Node[], names: readonly string[]): ReadonlySet<string> {
  const open = new Set(names)
  const free = new Set<string>()
  const write = (target: Target): void => {
    if (target.kind === 'target-tuple') target.items.forEach(write)
    else if (target.kind === 'name') open.delete(target.name)
  }
  const visit = (node: Node): void => {
    if (node.kind === 'block') return
    if (node.kind === 'name') {
      if (open.has(node.name)) free.add(node.name)
      return
    }
    if (node.kind === 'for' || node.kind === 'set' || node.kind === 'set-block') write(node.target)
    if (node.kind === 'with') for (const { target } of node.targets) write(target)
    if (node.kind === 'macro' || node.kind === 'call-block') {
      for (const { name } of node.parameters) open.delete(name)
    }
    for (const child of childrenOf(node)) visit(child)
  }
  nodes.forEach(visit)
  return free
}
