const SIZE = 624
const SHIFT = 397

/** The generator MT19937, seeded as `torch.manual_seed` does: the same numbers in the same order. */
export class MersenneTwister {
  readonly #state = new Uint32Array(SIZE)
  #next = SIZE

  /** @param seed a whole number; its low 32 bits count */
  constructor(seed: number) {
    this.#state[0] = seed % 2 ** 32
    for (let i = 1; i < SIZE; i++) {
      const before = this.#state[i - 1]!
      this.#state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i
    }
  }

  /** A whole number in [0, 2^32). */
  next(): number {
    if (this.#next === SIZE) this.#twist()
    let y = this.#state[this.#next++]!
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }

  #twist(): void {
    const state = this.#state
    for (let i = 0; i < SIZE; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % SIZE]! & 0x7fffffff)
      state[i] = state[(i + SHIFT) % SIZE]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
    }
    this.#next = 0
  }
}
