import { listLinears, listWeights, type ModelDescription, type ModelWeight } from '../model/index.ts'
import type { ModelModule } from './model-module.ts'

/** What every architecture calls its head, whether or not it has a weight of its own. */
export const HEAD_MODULE = 'lm_head'

/** The modules of a model as an adapter sees them, in the order of computation; the head, tied or not, is the last. */
export function listModules(model: ModelDescription): ModelModule[] {
  const transposed = new Set(
    listLinears(model).flatMap(({ module, layout }) => (layout === 'in-out' ? [module] : [])),
  )
  const tensors = new Map<string, Record<string, readonly number[]>>()
  const kinds = new Map<string, ModelModule['kind']>()
  for (const { name, shape, role } of listWeights(model)) {
    const dot = name.lastIndexOf('.')
    const module = name.slice(0, dot)
    tensors.set(module, { ...tensors.get(module), [name.slice(dot + 1)]: shape })
    if (role !== 'bias') kinds.set(module, toKind(role, transposed.has(module)))
  }
  if (model.head.tied) {
    tensors.set(HEAD_MODULE, { weight: [model.vocabularySize, model.hiddenSize] })
    kinds.set(HEAD_MODULE, 'head')
  }
  return Array.from(tensors, ([name, shapes]) => ({ name, kind: kinds.get(name)!, tensors: shapes }))
}

function toKind(role: Exclude<ModelWeight['role'], 'bias'>, isTransposed: boolean): ModelModule['kind'] {
  return role === 'linear' && isTransposed ? 'conv1d' : role
}
