import { checkMaxLength } from './check.ts'
import { NumberSet } from './number-set.ts'

/**
 * How many packs `packBestFit` makes of sequences of which only the lengths are known. A large dataset is packed window by window; this tells
 * what that costs against the whole, without the whole being held.
 *
 * Sequences of one length are laid down together: the time goes by the number of different lengths, not of sequences.
 *
 * @param histogram how many sequences there are of each length: `histogram[length]`; those longer than `maxLength` count as cut to it
 * @throws LosslineError `pack/max-length`
 */
export function countBestFitPacks(histogram: ArrayLike<number>, maxLength: number): number {
  checkMaxLength(maxLength)
  const free = new SpaceCounts(maxLength)
  for (let length = maxLength; length > 0; length--) {
    let left = countOfLength(histogram, length, maxLength)
    while (left > 0) {
      const space = free.findSmallest(length)
      // Once a pack has got one of them, nothing smaller would do than what it has left: it goes on until it takes no more.
      const perPack = Math.min(left, Math.floor(space / length))
      const packs = Math.min(free.countOf(space), Math.floor(left / perPack))
      free.move(packs, space, space - perPack * length)
      left -= packs * perPack
    }
  }
  return free.packCount
}

function countOfLength(histogram: ArrayLike<number>, length: number, maxLength: number): number {
  if (length < maxLength) return histogram[length] ?? 0
  let count = 0
  for (let longer = maxLength; longer < histogram.length; longer++) count += histogram[longer]!
  return count
}

/** How many packs have how much free space. A pack that isn't opened yet has all there is. */
class SpaceCounts {
  readonly #maxSpace: number
  readonly #spaces: NumberSet
  readonly #counts: Float64Array
  packCount = 0

  constructor(maxSpace: number) {
    this.#maxSpace = maxSpace
    this.#spaces = new NumberSet(maxSpace)
    this.#spaces.add(maxSpace)
    this.#counts = new Float64Array(maxSpace + 1)
    this.#counts[maxSpace] = Number.POSITIVE_INFINITY
  }

  findSmallest(length: number): number {
    return this.#spaces.findFrom(length)
  }

  countOf(space: number): number {
    return this.#counts[space]!
  }

  move(packs: number, fromSpace: number, toSpace: number): void {
    if (fromSpace === this.#maxSpace) this.packCount += packs
    this.#counts[fromSpace]! -= packs
    if (this.#counts[fromSpace] === 0) this.#spaces.delete(fromSpace)
    this.#counts[toSpace]! += packs
    this.#spaces.add(toSpace)
  }
}
