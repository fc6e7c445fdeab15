/** Numbers that a seed and a name give: those of one tensor do not depend on which others there are. */
export interface RandomNumbers {
  /** In [-bound, bound). */
  uniform(bound: number): number
  /** Normal, with mean 0. */
  normal(deviation: number): number
}

/** xoshiro128**, its state filled from a hash of both (FNV-1a, mixed as in splitmix32). */
export function randomNumbers(seed: number, name: string): RandomNumbers {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(`${seed} ${name}`)) hash = Math.imul(hash ^ byte, 0x01000193)
  const state = Uint32Array.from({ length: 4 }, () => {
    hash = (hash + 0x9e3779b9) | 0
    let mixed = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return mixed ^ (mixed >>> 15)
  })
  /** In [0, 1), to 2^-32. */
  const next = () => {
    const [s0, s1, s2, s3] = state as unknown as [number, number, number, number]
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0
    state[2] = s2 ^ s0
    state[3] = s3 ^ s1
    state[1] = s1 ^ state[2]!
    state[0] = s0 ^ state[3]!
    state[2] = state[2]! ^ (s1 << 9)
    state[3] = rotate(state[3]!, 11)
    return result / 2 ** 32
  }
  return {
    uniform: bound => (2 * next() - 1) * bound,
    // Box and Muller; 1 - next() is never 0.
    normal: deviation => deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
