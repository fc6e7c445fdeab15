import { activate, gated, gatedHalves, type Tensor } from '../graph/index.ts'
import type { Linear, Mlp } from './description.ts'

/** The MLP of a layer over x [tokens, hiddenSize]. */
export function buildMlp(x: Tensor, mlp: Mlp, project: (x: Tensor, linear: Linear) => Tensor): Tensor {
  const { activation } = mlp
  switch (mlp.kind) {
    case 'gated':
      return project(gated(project(x, mlp.gate), project(x, mlp.up), activation), mlp.down)
    case 'gated-fused':
      return project(gatedHalves(project(x, mlp.gateUp), activation), mlp.down)
    case 'plain':
      return project(activate(project(x, mlp.up), activation), mlp.down)
    default: {
      const never: never = mlp
      return never
    }
  }
}
