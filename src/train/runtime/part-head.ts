import type { ModelDescription } from '../model/index.ts'
import type { TensorIndex } from '../weights/index.ts'
import type { Trained } from './parameters.ts'

/** What every architecture calls a head with a weight of its own. */
const HEAD_MODULE = 'lm_head'
const HEAD_WEIGHT = `${HEAD_MODULE}.weight`

/** A model whose tied head gets a weight of its own where one of head and embedding is trained without the other, as in PEFT. */
export function partHead(model: ModelDescription, trained: Trained): ModelDescription {
  if (!model.head.tied || trained.kind === 'all') return model
  const { adapters, weights, keepsHeadTied = false } = trained
  const isHeadTrained = adapters.some(({ module }) => module === HEAD_MODULE) || weights?.has(HEAD_WEIGHT)
  const isEmbeddingTrained = weights?.has(`${model.tokenEmbedding.module}.weight`)
  if (!isHeadTrained && (!isEmbeddingTrained || keepsHeadTied)) return model
  return { ...model, head: { ...model.head, module: HEAD_MODULE, tied: false } }
}

/** The weights of a model with those of its head, which begins as the embedding where it is tied to it. */
export function addHead({ head, tokenEmbedding }: ModelDescription, weights: TensorIndex): TensorIndex {
  const embedding = weights.get(`${tokenEmbedding.module}.weight`)
  return head.tied && embedding !== undefined ? new Map([...weights, [HEAD_WEIGHT, embedding]]) : weights
}
