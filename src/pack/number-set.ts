/**
 * A set of whole numbers from 0 to `max` that finds its smallest member from some number on in O(log max).
 *
 * Members are bits, 32 to a word; a word that isn't 0 is a bit of the level above.
 */
export class NumberSet {
  readonly #levels: readonly Int32Array[]

  constructor(max: number) {
    const levels: Int32Array[] = []
    let bits = max + 1
    do {
      bits = Math.ceil(bits / 32)
      levels.push(new Int32Array(bits))
    } while (bits > 1)
    this.#levels = levels
  }

  add(number: number): void {
    let at = number
    for (const words of this.#levels) {
      const word = words[at >>> 5]!
      words[at >>> 5] = word | (1 << (at & 31))
      if (word !== 0) return
      at >>>= 5
    }
  }

  delete(number: number): void {
    let at = number
    for (const words of this.#levels) {
      words[at >>> 5]! &= ~(1 << (at & 31))
      if (words[at >>> 5] !== 0) return
      at >>>= 5
    }
  }

  /** The smallest member that isn't less than `number`. There has to be one: who asks keeps the largest number in. */
  findFrom(number: number): number {
    let level = 0
    let at = number
    let word = this.#levels[0]![at >>> 5]! & (-1 << (at & 31))
    // Up, to a word that has a member behind `at`.
    while (word === 0) {
      at = (at >>> 5) + 1
      level++
      word = this.#levels[level]![at >>> 5]! & (-1 << (at & 31))
    }
    at = (at & ~31) | lowestBit(word)
    // And down, along the lowest bits.
    while (level > 0) {
      level--
      at = (at << 5) | lowestBit(this.#levels[level]![at]!)
    }
    return at
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word)
}
