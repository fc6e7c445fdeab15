// Weights that are stored in fewer bits, as the numbers that they stand for.
import { int } from '../graph.ts'
import { type Dtype, shapeError, type Tensor } from '../tensor.ts'
import { cast } from './elementwise.ts'

const CODES: readonly Dtype[] = ['int4', 'int8']

/**
 * A stored weight as float32: 16-bit floats cast, the codes of a quantized matrix times their scales; float32 is left as it is. Each call
 * computes it anew, so that what was widened for one product need not be kept for the next.
 */
export function widen(weight: Tensor): Tensor {
  if (weight.blocks === undefined) {
    if (CODES.includes(weight.dtype)) throw shapeError(`${weight.name} is ${weight.dtype} without scales`)
    return cast(weight, 'float32')
  }
  const { scales, size } = weight.blocks
  const output = { dtype: 'float32', shape: weight.shape } as const
  const attributes = { axis: int(1), block_size: int(size) }
  return weight.graph.node('DequantizeLinear', [weight, scales], output, { attributes })
}
