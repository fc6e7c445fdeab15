import { add, matmul, reshape, rotary, slice, softmax, type Tensor, transpose } from '../graph/index.ts'
import type { DecoderParts } from './decoder.ts'
import type { Attention, ModelDescription, Norm } from './description.ts'
import { normalize } from './norm.ts'
import { capSoftly } from './soft-cap.ts'

/** Causal attention within each sequence: [tokens, hiddenSize] → the same. */
export function attend(
  x: Tensor,
  attention: Attention,
  { dropout }: ModelDescription,
  parts: DecoderParts,
): Tensor {
  const { headCount, keyValueHeadCount: groups, headSize, scale, softCap, window } = attention
  const [query, key, value] = projectInputs(x, attention, parts)
  const q = splitHeads(place(query, headCount, attention.queryNorm, attention, parts), groups, headSize)
  const k = splitHeads(place(key, groups, attention.keyNorm, attention, parts), groups, headSize)
  const v = splitHeads(value, groups, headSize)
  // The queries of a group are rows of one product, so that keys and values are repeated nowhere.
  const rows = q.shape[1]!
  const tokens = x.shape[0]!
  const scores = reshape(matmul(q, k, { transB: true, alpha: scale }), [headCount, tokens, tokens])
  const probabilities = softmax(add(capSoftly(scores, softCap), parts.inputs.maskOf(window)))
  const dropped = parts.drop(probabilities, dropout.attention)
  const mixed = matmul(reshape(dropped, [groups, rows, tokens]), v)
  return parts.project(joinHeads(mixed, tokens, headCount), attention.output)
}

function projectInputs(x: Tensor, attention: Attention, { project }: DecoderParts): [Tensor, Tensor, Tensor] {
  const { inputs, headCount, keyValueHeadCount, headSize } = attention
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
  attention: Attention,
  parts: DecoderParts,
): Tensor {
  const { rope, headSize } = attention
  const normed =
    norm === undefined
      ? x
      : reshape(normalize(reshape(x, [x.shape[0]!, heads, headSize]), norm, parts.weight), x.shape)
  if (rope === undefined) return normed
  const rotatedDim = rope.size === headSize ? undefined : rope.size
  return rotary(normed, parts.inputs.tablesOf(rope), { heads, rotatedDim })
}

/** [tokens, heads · headSize] → [groups, heads / groups · tokens, headSize]: the tokens of a group's first head, then of its second, … */
function splitHeads(x: Tensor, groups: number, headSize: number): Tensor {
  const [tokens, features] = x.shape as [Tensor['shape'][number], number]
  const perGroup = features / groups / headSize
  const split = reshape(x, [tokens, groups, perGroup, headSize])
  const rows = perGroup === 1 ? tokens : `${perGroup}·${tokens}`
  return reshape(transpose(split, [1, 2, 0, 3]), [groups, rows, headSize])
}

function joinHeads(x: Tensor, tokens: Tensor['shape'][number], headCount: number): Tensor {
  const [groups, , headSize] = x.shape as [number, unknown, number]
  const split = reshape(x, [groups, headCount / groups, tokens, headSize])
  return reshape(transpose(split, [2, 0, 1, 3]), [tokens, headCount * headSize])
}
