import { cast, layerNorm, rmsNorm, type Tensor } from '../graph/index.ts'
import type { Norm } from './description.ts'

/** `x` normed along its last axis. */
export function normalize(x: Tensor, norm: Norm, weightOf: (name: string) => Tensor): Tensor {
  const { epsilon } = norm
  const weight = cast(weightOf(`${norm.module}.weight`), 'float32')
  switch (norm.kind) {
    case 'rms':
      return rmsNorm(x, weight, { epsilon, weightOffset: norm.weightOffset })
    case 'layer':
      return layerNorm(x, weight, cast(weightOf(`${norm.module}.bias`), 'float32'), epsilon)
    default: {
      const never: never = norm
      return never
    }
  }
}
