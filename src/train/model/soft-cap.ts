import { mul, type Tensor, tanh } from '../graph/index.ts'

/** cap · tanh(x / cap): about x while that is small, never beyond ±cap. */
export function capSoftly(x: Tensor, cap: number | undefined): Tensor {
  return cap === undefined ? x : mul(tanh(mul(x, 1 / cap)), cap)
}
