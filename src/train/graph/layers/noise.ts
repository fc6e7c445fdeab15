// Random numbers inside a graph, drawn anew for each batch from a few numbers that the batch brings: the same seed gives the same noise.
import { add, cast, less, mul, reshape, slice, where } from '../ops/index.ts'
import { shapeError, type Tensor } from '../tensor.ts'
import type { AttentionBlock } from './attention-blocks.ts'

/** What noise is drawn from. */
export interface NoiseSource {
  /** int64 [tokens, 2], see {@link toNoiseNumbers}. */
  readonly numbers: Tensor
}

/** Names the place where noise is drawn, such as the layer that drops: places of one name draw the same. */
export type NoiseSite = string

const MULTIPLIERS = { site: 0x9e3779b1, second: 0x85ebca6b, head: 0xc2b2ae35, column: 0x27d4eb2f } as const

/**
 * The random numbers of a batch's tokens: BigInt64Array[tokens · 2], whole numbers of 32 bits.
 *
 * @param seed a whole number from 0 to 2^32 - 1
 */
export function toNoiseNumbers(seed: number, tokens: number): BigInt64Array {
  return BigInt64Array.from({ length: 2 * tokens }, (_, i) =>
    BigInt(mix(mix(seed) ^ mix(i + 0x5bd1e995)) | 0),
  )
}

/**
 * Zeroes each number of `x` [tokens, features] with the probability `share`, and divides the others by what is left of 1: PyTorch's
 * dropout. The same numbers are zeroed where the layer is computed once more for the backward pass.
 */
export function dropout(x: Tensor, share: number, site: { noise: NoiseSource; site: NoiseSite }): Tensor {
  const isKept = toKept(drawForTokens(x, site), share)
  return mul(where(isKept, x, 0), 1 / (1 - share))
}

/** Numbers drawn evenly from [-magnitude, magnitude), as many as there are in `like` [tokens, features]. */
export function uniformNoise(
  like: Tensor,
  magnitude: number,
  site: { noise: NoiseSource; site: NoiseSite },
): Tensor {
  return mul(cast(drawForTokens(like, site), 'float32'), magnitude / 2 ** 31)
}

/** What probabilities of a block of attention are multiplied by to drop a share of them: 0, or 1 / (1 - share); float32 [heads, queries, keys]. */
export function dropoutOfBlock(
  { queryDim, keyDim, start, end, keyStart }: AttentionBlock,
  options: { share: number; headCount: number; noise: NoiseSource; site: NoiseSite },
): Tensor {
  const { share, headCount, noise, site } = options
  const { factor, offset } = ofTokens(noise, site)
  const { graph } = factor
  const ofQueries = (x: Tensor, salt: number): Tensor => {
    const queries = slice(x, { axis: 0, start, end, dim: queryDim })
    const heads = Int32Array.from({ length: headCount }, (_, h) => mix(Math.imul(h + 1, salt)) | 1)
    return mul(reshape(queries, [1, queryDim, 1]), graph.constant(heads, [headCount, 1, 1]))
  }
  const keys = slice(factor, { axis: 0, start: keyStart, end, dim: keyDim })
  const columns = mul(reshape(keys, [1, 1, keyDim]), MULTIPLIERS.column | 0)
  const drawn = add(mul(ofQueries(factor, MULTIPLIERS.head), columns), ofQueries(offset, MULTIPLIERS.second))
  return mul(cast(toKept(drawn, share), 'float32'), 1 / (1 - share))
}

/** Whether a number drawn from all int32 lets its element stay. */
function toKept(drawn: Tensor, share: number): Tensor {
  // Drawn from -2^31 to 2^31 - 1.
  return less(drawn, Math.round((1 - share) * 2 ** 32 - 2 ** 31))
}

/**
 * int32 [tokens, features]: u·v + w for random u and w of the token, and v of the feature, of which the high bits are as good as
 * drawn one by one. Two operators for each number, where a generator of its own would take ten.
 */
function drawForTokens(x: Tensor, { noise, site }: { noise: NoiseSource; site: NoiseSite }): Tensor {
  const { graph } = x
  const width = x.shape.at(-1)
  if (x.shape.length !== 2 || typeof width !== 'number') throw shapeError(`noise for ${x.name}`)
  const { factor, offset } = ofTokens(noise, site)
  const columns = Int32Array.from({ length: width }, (_, c) => mix(Math.imul(c + 1, MULTIPLIERS.column)) | 1)
  return add(mul(factor, graph.constant(columns, [1, width])), offset)
}

/** The u and w of each token at a place, int32 [tokens, 1]. */
function ofTokens({ numbers }: NoiseSource, site: NoiseSite): { factor: Tensor; offset: Tensor } {
  const at = (column: number): Tensor =>
    cast(slice(numbers, { axis: 1, start: column, end: column + 1 }), 'int32')
  const spread = (x: Tensor, salt: number): Tensor => {
    const multiplier = mix(toNumber(site) ^ salt) | 1
    return add(mul(x, multiplier), mix(multiplier) | 0)
  }
  // An even factor would lose a bit of the column's.
  const factor = add(mul(spread(at(0), MULTIPLIERS.site), 2), 1)
  return { factor, offset: spread(at(1), MULTIPLIERS.second) }
}

function toNumber(site: NoiseSite): number {
  let hash = 0
  for (let i = 0; i < site.length; i++) hash = mix(hash ^ site.charCodeAt(i)) + i
  return hash
}

/** A whole number of 32 bits, each bit of which depends on all of `x` (the finisher of MurmurHash3). */
function mix(x: number): number {
  let h = x | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 0
}
