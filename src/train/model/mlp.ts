import { add, erf, mul, relu, silu, slice, type Tensor, tanh } from '../graph/index.ts'
import type { Activation, Linear, Mlp } from './description.ts'

export function buildMlp(x: Tensor, mlp: Mlp, project: (x: Tensor, linear: Linear) => Tensor): Tensor {
  const { activation } = mlp
  switch (mlp.kind) {
    case 'gated':
      return project(mul(activate(project(x, mlp.gate), activation), project(x, mlp.up)), mlp.down)
    case 'gated-fused': {
      const both = project(x, mlp.gateUp)
      const size = mlp.down.inSize
      const gate = slice(both, { axis: 1, start: 0, end: size })
      const up = slice(both, { axis: 1, start: size, end: 2 * size })
      return project(mul(activate(gate, activation), up), mlp.down)
    }
    case 'plain':
      return project(activate(project(x, mlp.up), activation), mlp.down)
    default: {
      const never: never = mlp
      return never
    }
  }
}

function activate(x: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case 'silu':
      return silu(x)
    case 'relu':
      return relu(x)
    case 'gelu':
      return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1))
    case 'gelu-tanh': {
      const inner = mul(mul(x, Math.sqrt(2 / Math.PI)), add(mul(mul(x, x), 0.044715), 1))
      return mul(mul(x, 0.5), add(tanh(inner), 1))
    }
    default: {
      const never: never = activation
      return never
    }
  }
}
