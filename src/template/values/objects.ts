import type { Runtime } from '../runtime.ts'
import { typeFault } from '../template-error.ts'
import { TemplateObject } from './template-object.ts'
import type { Dict, Named, Value } from './value.ts'

type Call = (positional: readonly Value[], named: Named | undefined, runtime: Runtime) => Value

/** Something that can be called: a macro, a method, a global function. It is told who calls, so that globals are made once. */
export class Callable extends TemplateObject {
  readonly name: string
  readonly call: Call

  constructor(name: string, call: Call) {
    super()
    this.name = name
    this.call = call
  }

  override get typeName(): string {
    return 'function'
  }
}

/** A macro, with what a template may ask of it. */
export class Macro extends Callable {
  /** As `call`, for `{{ macro(…) }}`: writes what it would give to where output goes. Undefined where that would not be the same. */
  readonly write: ((positional: readonly Value[], named: Named | undefined) => void) | undefined
  readonly attributes: ReadonlyMap<string, Value>

  constructor(
    name: string,
    call: Call,
    write: ((positional: readonly Value[], named: Named | undefined) => void) | undefined,
    attributes: ReadonlyMap<string, Value>,
  ) {
    super(name, call)
    this.write = write
    this.attributes = attributes
  }

  override get typeName(): string {
    return 'Macro'
  }
}

/** `namespace()`: the only thing that a template can write into. */
export class Namespace extends TemplateObject {
  readonly attributes: Map<string, Value> = new Map()

  override get typeName(): string {
    return 'Namespace'
  }
}

/** A generator: its items are made as they are asked for, and once. */
export class PyGenerator extends TemplateObject {
  readonly source: Iterator<Value>
  readonly #typeName: string

  constructor(source: Iterator<Value>, typeName = 'generator') {
    super()
    this.source = source
    this.#typeName = typeName
  }

  override get typeName(): string {
    return this.#typeName
  }
}

/** `range(start, stop, step)`. */
export class PyRange extends TemplateObject {
  readonly start: number
  readonly stop: number
  readonly step: number
  readonly length: number

  constructor(start: number, stop: number, step: number) {
    super()
    this.start = start
    this.stop = stop
    this.step = step
    this.length = Math.max(0, Math.ceil((stop - start) / step))
  }

  override get typeName(): string {
    return 'range'
  }
  override get isTrue(): boolean {
    return this.length > 0
  }
}

/** `d.keys()`, `d.values()`, `d.items()`. */
export class DictView extends TemplateObject {
  readonly dict: Dict
  readonly part: 'keys' | 'values' | 'items'

  constructor(dict: Dict, part: 'keys' | 'values' | 'items') {
    super()
    this.dict = dict
    this.part = part
  }

  override get typeName(): string {
    return `dict_${this.part}`
  }
  override get isTrue(): boolean {
    return this.dict instanceof Map ? this.dict.size > 0 : Object.keys(this.dict).length > 0
  }
}

/** `cycler(…)`. */
export class Cycler extends TemplateObject {
  readonly items: readonly Value[]
  #at = 0

  constructor(items: readonly Value[]) {
    super()
    if (items.length === 0) throw typeFault('at least one item has to be provided')
    this.items = items
  }

  override get typeName(): string {
    return 'Cycler'
  }
  get current(): Value {
    return this.items[this.#at]!
  }
  next(): Value {
    const { current } = this
    this.#at = (this.#at + 1) % this.items.length
    return current
  }
  reset(): void {
    this.#at = 0
  }
}
