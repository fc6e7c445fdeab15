import { add, mul, sigmoid, sub } from '../ops/index.ts'
import type { Tensor } from '../tensor.ts'

/** silu(gate) · up: keeps the two alone for the backward pass, where the sigmoid is computed once more. */
export function gatedSilu(gate: Tensor, up: Tensor): Tensor {
  const { graph } = gate
  const y = graph.withTape(undefined, () => mul(mul(gate, sigmoid(gate)), up))
  return graph.record([gate, up], y, dy => {
    const s = sigmoid(gate)
    const silu = mul(gate, s)
    const slope = add(s, mul(silu, sub(1, s)))
    return [mul(mul(dy, up), slope), mul(dy, silu)]
  })
}
