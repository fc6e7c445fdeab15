import { LooseEntry } from '../values/tuple.ts'
import type { Dict, Item, Value } from '../values/value.ts'
import { entriesOf } from './dict.ts'
import { readItemTraced } from './iterate.ts'

/** What a loop pulls its items from. */
export interface Cursor {
  /** The next item; undefined at the end. */
  next(): Value | undefined
}

export class ListCursor implements Cursor {
  readonly #list: readonly Item[]
  #at = 0

  constructor(list: readonly Item[]) {
    this.#list = list
  }

  next(): Value | undefined {
    const at = this.#at++
    return at < this.#list.length ? readItemTraced(this.#list, at, this.#list[at]!) : undefined
  }
}

/** The entries of a dict, for a loop that gives both parts a name. */
export class EntryCursor implements Cursor {
  readonly #dict: Dict
  readonly #entries: readonly (readonly [Item, Item])[]
  #at = 0

  constructor(dict: Dict) {
    this.#dict = dict
    this.#entries = entriesOf(dict)
  }

  next(): Value | undefined {
    const entry = this.#entries[this.#at++]
    return entry === undefined ? undefined : new LooseEntry(this.#dict, entry[0], entry[1])
  }
}

export class IteratorCursor implements Cursor {
  readonly #iterator: Iterator<Value>

  constructor(iterator: Iterator<Value>) {
    this.#iterator = iterator
  }

  next(): Value | undefined {
    const next = this.#iterator.next()
    return next.done === true ? undefined : next.value
  }
}

/** Only the items that pass a test, which is asked when an item is. */
export class FilterCursor implements Cursor {
  readonly #source: Cursor
  readonly #test: (item: Value) => boolean

  constructor(source: Cursor, test: (item: Value) => boolean) {
    this.#source = source
    this.#test = test
  }

  next(): Value | undefined {
    let item = this.#source.next()
    while (item !== undefined && !this.#test(item)) item = this.#source.next()
    return item
  }
}
