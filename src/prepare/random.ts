/** Numbers that look random and are a pure function of a seed and a position: the n-th can be had without those before it. */

/** A whole number in [0, 2^32): a hash of both, mixed as in MurmurHash3's last step. */
export function hashNumber(seed: number, n: number): number {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(n >>> 0, 0xc2b2ae35)
  hash ^= Math.floor(n / 2 ** 32) * 0x27d4eb2f
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  return (hash ^ (hash >>> 15)) >>> 0
}

/** A number in [0, 1), to 2^-53. */
export function hashFraction(seed: number, n: number): number {
  return (hashNumber(seed, 2 * n) * 2 ** 21 + (hashNumber(seed, 2 * n + 1) >>> 11)) / 2 ** 53
}

/** 0 to count - 1 in an order that the seed gives (Fisher and Yates). */
export function shuffledIndexes(count: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(hashFraction(seed, last) * (last + 1))
    const kept = order[last]!
    order[last] = order[other]!
    order[other] = kept
  }
  return order
}
