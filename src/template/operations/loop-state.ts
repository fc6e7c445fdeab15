import { typeFault } from '../template-error.ts'
import { TemplateObject } from '../values/template-object.ts'
import { tupleOf } from '../values/tuple.ts'
import { Undefined } from '../values/undefined.ts'
import type { Item, Named, Value } from '../values/value.ts'
import type { Cursor } from './cursor.ts'
import { equals } from './equals.ts'
import { fasten } from './iterate.ts'

/** The `loop` of a `for`: pulls items one by one, and looks ahead only when the template asks for what comes. */
export class LoopState extends TemplateObject {
  readonly #source: Cursor
  readonly #recurse: ((iterable: Value, depth: number) => Value) | undefined
  readonly depth0: number
  index0 = -1
  #length: number | undefined
  readonly #ahead: Value[] = []
  #ended = false
  #current: Value | undefined
  #before: Value | undefined
  #changedFrom: readonly Item[] | undefined

  constructor(
    source: Cursor,
    length: number | undefined,
    depth0 = 0,
    recurse: ((iterable: Value, depth: number) => Value) | undefined = undefined,
  ) {
    super()
    this.#source = source
    this.#length = length
    this.depth0 = depth0
    this.#recurse = recurse
  }

  override get typeName(): string {
    return 'LoopContext'
  }
  override get isTrue(): boolean {
    return this.length > 0
  }

  /** The next item; undefined at the end. */
  next(): Value | undefined {
    const item = this.#ahead.length > 0 ? this.#ahead.shift() : this.#pull()
    if (item === undefined) return undefined
    this.index0++
    this.#before = this.#current
    this.#current = item
    return item
  }

  #pull(): Value | undefined {
    if (this.#ended) return undefined
    const item = this.#source.next()
    if (item === undefined) this.#ended = true
    return item
  }

  #peek(): Value | undefined {
    if (this.#ahead.length === 0) {
      const item = this.#pull()
      if (item !== undefined) this.#ahead.push(item)
    }
    return this.#ahead[0]
  }

  get length(): number {
    if (this.#length === undefined) {
      for (let item = this.#pull(); item !== undefined; item = this.#pull()) this.#ahead.push(item)
      this.#length = this.#ahead.length + this.index0 + 1
    }
    return this.#length
  }

  /** `loop.name`; undefined where a loop has no such thing. */
  attribute(name: string): Value | undefined {
    switch (name) {
      case 'index0':
        return this.index0
      case 'index':
        return this.index0 + 1
      case 'first':
        return this.index0 === 0
      case 'last':
        return this.#peek() === undefined
      case 'length':
        return this.length
      case 'revindex':
        return this.length - this.index0
      case 'revindex0':
        return this.length - this.index0 - 1
      case 'previtem':
        return fasten(this.#before ?? new Undefined('there is no previous item'))
      case 'nextitem':
        return fasten(this.#peek() ?? new Undefined('there is no next item'))
      case 'depth':
        return this.depth0 + 1
      case 'depth0':
        return this.depth0
      default:
        return undefined
    }
  }

  cycle(items: readonly Value[]): Value {
    if (items.length === 0) throw typeFault('no items for cycling given')
    return items[this.index0 % items.length]!
  }

  /** Whether the values differ from those of the call before. */
  changed(values: readonly Value[]): boolean {
    const tuple = tupleOf(values)
    if (this.#changedFrom !== undefined && equals(this.#changedFrom, tuple)) return false
    this.#changedFrom = tuple
    return true
  }

  /** `loop(items)`: the loop's body once more, over other items. */
  recurse(positional: readonly Value[], named: Named | undefined): Value {
    if (this.#recurse === undefined) {
      throw typeFault("The loop must have the 'recursive' marker to be called recursively.")
    }
    const iterable = positional[0] ?? named?.get('iterable')
    if (iterable === undefined) throw typeFault('loop() needs what to loop over')
    return this.#recurse(iterable, this.depth0 + 1)
  }

  /** The items that are left, for a loop over the loop itself. */
  *rest(): Generator<Value> {
    for (let item = this.next(); item !== undefined; item = this.next()) yield tupleOf([fasten(item), this])
  }
}
