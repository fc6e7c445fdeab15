import {
  type AttentionBlock,
  attention,
  dropoutOfBlock,
  reshape,
  rotary,
  slice,
  type Tensor,
} from '../graph/index.ts'
import type { DecoderParts } from './decoder.ts'
import type { Attention, Dropout, Norm } from './description.ts'
import { normalize } from './norm.ts'

/** What mixes values by how queries and keys agree: all of them [tokens, heads · headSize], the last two with the heads of keys. */
export type MixValues = (query: Tensor, key: Tensor, value: Tensor, layer: Attention) => Tensor

/** Causal attention within each sequence: [tokens, hiddenSize] → the same. */
export function attend(x: Tensor, layer: Attention, dropout: Dropout, parts: DecoderParts): Tensor {
  const [query, key, value] = projectInputs(x, layer, parts)
  const q = place(query, layer.headCount, layer.queryNorm, layer, parts)
  const k = place(key, layer.keyValueHeadCount, layer.keyNorm, layer, parts)
  const mix = parts.mix ?? mixInBlocks(dropout.attention, parts)
  return parts.project(mix(q, k, value, layer), layer.output)
}

function mixInBlocks(share: number, parts: DecoderParts): MixValues {
  return (query, key, value, layer) => {
    const blocks = parts.inputs.blocksOf(layer.window)
    return attention(query, key, value, { ...layer, blocks, dropoutOf: toDropout(layer, share, parts) })
  }
}

function toDropout(
  { headCount, output }: Attention,
  share: number,
  { noise }: DecoderParts,
): ((block: AttentionBlock) => Tensor) | undefined {
  if (share === 0 || noise === undefined) return undefined
  const site = `probabilities of ${output.module}`
  return block => dropoutOfBlock(block, { share, headCount, noise, site })
}

function projectInputs(x: Tensor, layer: Attention, { project }: DecoderParts): [Tensor, Tensor, Tensor] {
  const { inputs, headCount, keyValueHeadCount, headSize } = layer
  if (inputs.kind === 'split') {
    return [project(x, inputs.query), project(x, inputs.key), project(x, inputs.value)]
  }
  const all = project(x, inputs.queryKeyValue)
  const keysStart = headCount * headSize
  const valuesStart = keysStart + keyValueHeadCount * headSize
  return [
    slice(all, { axis: 1, start: 0, end: keysStart }),
    slice(all, { axis: 1, start: keysStart, end: valuesStart }),
    slice(all, { axis: 1, start: valuesStart, end: inputs.queryKeyValue.outSize }),
  ]
}

/** Queries or keys [tokens, heads · headSize], normed head by head and turned by their positions. */
function place(
  x: Tensor,
  heads: number,
  norm: Norm | undefined,
  layer: Attention,
  parts: DecoderParts,
): Tensor {
  const { rope, headSize } = layer
  const normed =
    norm === undefined
      ? x
      : reshape(normalize(reshape(x, [x.shape[0]!, heads, headSize]), norm, parts.weight), x.shape)
  if (rope === undefined) return normed
  const rotatedDim = rope.size === headSize ? undefined : rope.size
  return rotary(normed, parts.inputs.tablesOf(rope), { heads, rotatedDim })
}
