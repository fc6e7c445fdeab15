import { attention, reshape, rotary, slice, type Tensor } from '../graph/index.ts'
import type { DecoderParts } from './decoder.ts'
import type { Attention, Norm } from './description.ts'
import { normalize } from './norm.ts'

/** Causal attention within each sequence: [tokens, hiddenSize] → the same. */
export function attend(x: Tensor, layer: Attention, parts: DecoderParts): Tensor {
  const { headCount, keyValueHeadCount, headSize, scale, softCap, window } = layer
  const [query, key, value] = projectInputs(x, layer, parts)
  const mixed = attention(
    place(query, headCount, layer.queryNorm, layer, parts),
    place(key, keyValueHeadCount, layer.keyNorm, layer, parts),
    value,
    { headCount, keyValueHeadCount, headSize, scale, softCap, blocks: parts.inputs.blocksOf(window) },
  )
  return parts.project(mixed, layer.output)
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
