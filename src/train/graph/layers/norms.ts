// Norms over the last axis. Their gradients are written out: they keep x and one number a row, where the tape would keep every step.
import { once } from '../graph.ts'
import { add, div, mul, reciprocal, reduceMean, sqrt, sub, sumTo } from '../ops/index.ts'
import type { Tensor } from '../tensor.ts'

interface RmsNormOptions {
  readonly epsilon: number
  /** Added to the weight: 1 for Gemma, whose weights are stored less 1. */
  readonly weightOffset?: number | undefined
}

/** x / √(mean(x²) + ε) · (weight + offset); `weight` [features]. */
export function rmsNorm(x: Tensor, weight: Tensor, options: RmsNormOptions): Tensor {
  const { epsilon, weightOffset = 0 } = options
  const { graph } = x
  const factor = weightOffset === 0 ? weight : add(weight, weightOffset)
  const [inverse, y] = graph.withTape(undefined, () => {
    const inverse = reciprocal(sqrt(add(meanSquare(x), epsilon)))
    return [inverse, mul(mul(x, inverse), factor)]
  })
  const toUnit = once(() => mul(x, inverse))
  graph.recomputes(y, () => mul(toUnit(), factor))
  return graph.record([x, factor], y, dy => {
    const unit = toUnit()
    const dUnit = mul(dy, factor)
    const dx = mul(inverse, sub(dUnit, mul(unit, reduceMean(mul(dUnit, unit)))))
    return [dx, sumTo(mul(dy, unit), factor.shape)]
  })
}

/** (x - mean) / √(variance + ε) · weight + bias; `weight` and `bias` [features]. */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  const { graph } = x
  const [mean, inverse, y] = graph.withTape(undefined, () => {
    const mean = reduceMean(x)
    const centred = sub(x, mean)
    const inverse = reciprocal(sqrt(add(meanSquare(centred), epsilon)))
    return [mean, inverse, add(mul(mul(centred, inverse), weight), bias)]
  })
  const toUnit = once(() => mul(sub(x, mean), inverse))
  graph.recomputes(y, () => add(mul(toUnit(), weight), bias))
  return graph.record([x, weight, bias], y, dy => {
    const unit = toUnit()
    const dUnit = mul(dy, weight)
    const dx = mul(inverse, sub(sub(dUnit, reduceMean(dUnit)), mul(unit, reduceMean(mul(dUnit, unit)))))
    return [dx, sumTo(mul(dy, unit), weight.shape), sumTo(dy, bias.shape)]
  })
}

function meanSquare(x: Tensor): Tensor {
  const size = x.shape.at(-1)
  if (typeof size !== 'number') return reduceMean(mul(x, x))
  // One pass over x, and no product to be kept.
  const shape = [...x.shape.slice(0, -1), 1]
  const sum = x.graph.node('ReduceSumSquare', [x, x.graph.integers([x.shape.length - 1])], {
    dtype: x.dtype,
    shape,
  })
  return div(sum, size)
}
