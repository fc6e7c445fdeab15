import { add, cast, mul, reciprocal, reduceMean, sqrt, sub, type Tensor } from '../graph/index.ts'
import type { Norm } from './description.ts'

/**
 * `x` normed along its last axis.
 *
 * Composed of small operators, as ONNX Runtime's own RMS norm gives wrong gradients on WebGPU and saves no time on the CPU.
 */
export function normalize(x: Tensor, norm: Norm, weightOf: (name: string) => Tensor): Tensor {
  const weight = cast(weightOf(`${norm.module}.weight`), 'float32')
  switch (norm.kind) {
    case 'rms':
      return mul(
        toUnitScale(x, norm.epsilon),
        norm.weightOffset === 0 ? weight : add(weight, norm.weightOffset),
      )
    case 'layer': {
      const centred = sub(x, reduceMean(x))
      const bias = cast(weightOf(`${norm.module}.bias`), 'float32')
      return add(mul(toUnitScale(centred, norm.epsilon), weight), bias)
    }
    default: {
      const never: never = norm
      return never
    }
  }
}

function toUnitScale(x: Tensor, epsilon: number): Tensor {
  return mul(x, reciprocal(sqrt(add(reduceMean(mul(x, x)), epsilon))))
}
