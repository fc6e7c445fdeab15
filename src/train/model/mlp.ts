import { add, erf, gatedSilu, mul, relu, silu, slice, type Tensor, tanh } from '../graph/index.ts'
import type { Activation, Linear, Mlp } from './description.ts'

export function buildMlp(x: Tensor, mlp: Mlp, project: (x: Tensor, linear: Linear) => Tensor): Tensor {
  const { activation } = mlp
  switch (mlp.kind) {
    case 'gated':
      return project(gate(project(x, mlp.gate), project(x, mlp.up), activation), mlp.down)
    case 'gated-fused': {
      const both = project(x, mlp.gateUp)
      const size = mlp.down.inSize
      const gates = slice(both, { axis: 1, start: 0, end: size })
      const ups = slice(both, { axis: 1, start: size, end: 2 * size })
      return project(gate(gates, ups, activation), mlp.down)
    }
    case 'plain':
      return project(activate(project(x, mlp.up), activation), mlp.down)
    default: {
      const never: never = mlp
      return never
    }
  }
}

function gate(x: Tensor, up: Tensor, activation: Activation): Tensor {
  return activation === 'silu' ? gatedSilu(x, up) : mul(activate(x, activation), up)
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
