import { cast, gemm, type Tensor } from '../graph/index.ts'
import type { Linear } from './description.ts'

/** The plain linear layer: x · Wᵀ + b, whichever way round W is stored. */
export function projectWith(weightOf: (name: string) => Tensor): (x: Tensor, linear: Linear) => Tensor {
  return (x, { module, hasBias, layout }) => {
    const weight = cast(weightOf(`${module}.weight`), 'float32')
    const plus = hasBias ? cast(weightOf(`${module}.bias`), 'float32') : undefined
    return gemm(x, weight, { transB: layout === 'out-in', plus })
  }
}
