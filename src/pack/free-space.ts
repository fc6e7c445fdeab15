import { NumberSet } from './number-set.ts'

/** Open packs by their free space. Of packs with the same space the one that came to have it first is taken first, as TRL does. */
export class FreeSpace {
  /** The spaces that some pack has. */
  readonly #spaces: NumberSet
  // The packs of a space are a chain. A pack has one space at a time, so one link for each pack does.
  readonly #first: Int32Array
  readonly #last: Int32Array
  readonly #next: Int32Array

  /** @param capacity how many packs may be opened at most */
  constructor(maxSpace: number, capacity: number) {
    this.#spaces = new NumberSet(maxSpace)
    // A pack that isn't opened yet has all the space there is.
    this.#spaces.add(maxSpace)
    this.#first = new Int32Array(maxSpace).fill(NONE)
    this.#last = new Int32Array(maxSpace)
    this.#next = new Int32Array(capacity)
  }

  /** The smallest space of at least `length` that a pack has; `maxSpace` stands for a new pack. */
  findSmallest(length: number): number {
    return this.#spaces.findFrom(length)
  }

  /** @param space more than 0, less than `maxSpace` */
  add(space: number, pack: number): void {
    if (this.#first[space] === NONE) {
      this.#first[space] = pack
      this.#spaces.add(space)
    } else {
      this.#next[this.#last[space]!] = pack
    }
    this.#last[space] = pack
    this.#next[pack] = NONE
  }

  /** Takes out the pack that came first. */
  take(space: number): number {
    const pack = this.#first[space]!
    this.#first[space] = this.#next[pack]!
    if (this.#first[space] === NONE) this.#spaces.delete(space)
    return pack
  }
}

/** The end of a chain. */
const NONE = -1
