import type { Layer, Linear, ModelDescription, Norm } from './description.ts'

/** A weight that a model has. */
export interface ModelWeight {
  /** As transformers saves it: `model.layers.0.self_attn.q_proj.weight`. */
  readonly name: string
  readonly shape: readonly number[]
  readonly role: WeightRole
}

export type WeightRole = 'embedding' | 'linear' | 'bias' | 'norm' | 'head'

/** All weights of a model, in the order of computation. A tied head is the embedding, so it is not listed twice. */
export function listWeights(model: ModelDescription): ModelWeight[] {
  const embeddings = [model.tokenEmbedding, model.positionEmbedding]
    .filter(embedding => embedding !== undefined)
    .map(({ module, count, size }) => toWeight(module, [count, size], 'embedding'))
  const { module, tied } = model.head
  const headShape = [model.vocabularySize, model.hiddenSize]
  return [
    ...embeddings,
    ...model.layers.flatMap(listLayerWeights),
    ...listNormWeights(model.finalNorm),
    ...(tied ? [] : [toWeight(module, headShape, 'head')]),
  ]
}

/** The linear layers inside the model's blocks: all that LoRA's `all-linear` means. */
export function listLinears(model: ModelDescription): Linear[] {
  return model.layers.flatMap(listLayerLinears)
}

function listLayerLinears({ attention, mlp }: Layer): Linear[] {
  const { inputs, output } = attention
  const inputLinears =
    inputs.kind === 'fused' ? [inputs.queryKeyValue] : [inputs.query, inputs.key, inputs.value]
  return [...inputLinears, output, ...listMlpLinears(mlp)]
}

function listMlpLinears(mlp: Layer['mlp']): Linear[] {
  switch (mlp.kind) {
    case 'gated':
      return [mlp.gate, mlp.up, mlp.down]
    case 'gated-fused':
      return [mlp.gateUp, mlp.down]
    case 'plain':
      return [mlp.up, mlp.down]
    default: {
      const never: never = mlp
      return never
    }
  }
}

function listLayerWeights(layer: Layer): ModelWeight[] {
  const norms = [
    layer.attentionPreNorm,
    layer.attention.queryNorm,
    layer.attention.keyNorm,
    layer.attentionPostNorm,
    layer.mlpPreNorm,
    layer.mlpPostNorm,
  ].filter(norm => norm !== undefined)
  return [...norms.flatMap(listNormWeights), ...listLayerLinears(layer).flatMap(listLinearWeights)]
}

function listLinearWeights({ module, inSize, outSize, hasBias, layout }: Linear): ModelWeight[] {
  const weight = toWeight(module, layout === 'out-in' ? [outSize, inSize] : [inSize, outSize], 'linear')
  return hasBias ? [weight, toBias(module, outSize)] : [weight]
}

function listNormWeights({ kind, module, size }: Norm): ModelWeight[] {
  const weight = toWeight(module, [size], 'norm')
  return kind === 'rms' ? [weight] : [weight, toBias(module, size)]
}

function toWeight(module: string, shape: readonly number[], role: WeightRole): ModelWeight {
  return { name: `${module}.weight`, shape, role }
}

function toBias(module: string, size: number): ModelWeight {
  return { name: `${module}.bias`, shape: [size], role: 'bias' }
}
