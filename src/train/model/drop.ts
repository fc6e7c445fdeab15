import { dropout, type NoiseSource, type Tensor } from '../graph/index.ts'

/**
 * `x` with a share of its numbers dropped.
 *
 * @param site the name of the layer, so that no two drop alike
 * @param noise undefined: nothing is dropped, as in evaluation
 */
export function drop(x: Tensor, share: number, site: string, noise: NoiseSource | undefined): Tensor {
  return share === 0 || noise === undefined ? x : dropout(x, share, { noise, site })
}
