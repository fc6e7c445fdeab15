import { PyTuple } from '../python/index.ts'
import { TemplateObject } from './template-object.ts'
import type { Dict, Item } from './value.ts'

/** A tuple of whatever a template has; the python folder's own type speaks of plain values only. */
export function tupleOf(items: readonly Item[]): readonly Item[] {
  const tuple = new PyTuple() as Item[]
  for (const item of items) tuple.push(item)
  return tuple
}

export function isTuple(value: unknown): boolean {
  return value instanceof PyTuple
}

/** An entry of `d.items()`: its second item is still known to be the dict's. */
export class Entry extends PyTuple {
  readonly owner: Dict
  readonly key: Item

  constructor(owner: Dict, key: Item, first: Item, second: Item) {
    super()
    this.owner = owner
    this.key = key
    const items = this as Item[]
    items.push(first, second)
  }
}

/**
 * An entry of `d.items()` on its way to the two variables of a loop. No template sees one: a tuple is an array of a class of its own, which V8
 * is slow to make.
 */
export class LooseEntry extends TemplateObject {
  readonly owner: Dict
  readonly key: Item
  readonly item: Item

  constructor(owner: Dict, key: Item, item: Item) {
    super()
    this.owner = owner
    this.key = key
    this.item = item
  }

  override get typeName(): string {
    return 'tuple'
  }
}

/** What `groupby` gives: a pair that also has names. */
export class Group extends PyTuple {
  constructor(grouper: Item, list: readonly Item[]) {
    super()
    const items = this as Item[]
    items.push(grouper, list)
  }
}
