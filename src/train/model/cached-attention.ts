import {
  add,
  and,
  concat,
  type Graph,
  less,
  lessOrEqual,
  matmul,
  reshape,
  softmax,
  sub,
  type Tensor,
  transpose,
  where,
} from '../graph/index.ts'
import type { MixValues } from './attention.ts'
import type { Attention } from './description.ts'
import { capSoftly } from './soft-cap.ts'

/**
 * Names of inputs and of outputs begin so, with the same words behind: what a run gives as present is fed to the next one as past. They are
 * keys and values of a layer, [groups, tokens, headSize]: of what was read they are not computed again.
 */
export const PAST = 'past_'
export const PRESENT = 'present_'

/** Softmax makes it 0, whatever the score that it is added to. */
const HIDDEN = -1e30

/**
 * Attention of one sequence, of which `past` tokens have been read already: their keys and values are inputs, those of all are outputs.
 *
 * @param positionIds int64 [tokens]: places in the sequence of the tokens that are read now
 */
export function mixWithPast(graph: Graph, positionIds: Tensor): MixValues {
  const keyPositions = graph.input('key_positions', 'int64', ['total'])
  const masks = new Map<number | undefined, Tensor>()
  const maskOf = (window: number | undefined): Tensor => {
    const mask = masks.get(window) ?? toMask(positionIds, keyPositions, window)
    masks.set(window, mask)
    return mask
  }
  let layer = 0
  return (query, key, value, attention) => {
    const { headCount, keyValueHeadCount: groups, headSize, scale, softCap, window } = attention
    const q = splitHeads(query, groups, headSize)
    const k = behindPast(graph, 'key', layer, splitHeads(key, groups, headSize), attention)
    const v = behindPast(graph, 'value', layer, splitHeads(value, groups, headSize), attention)
    layer++
    const rows = q.shape[1]!
    const scores = reshape(matmul(q, k, { transB: true, alpha: scale }), [headCount, 'tokens', 'total'])
    const probabilities = softmax(add(capSoftly(scores, softCap), maskOf(window)))
    return joinHeads(matmul(reshape(probabilities, [groups, rows, 'total']), v), groups, attention)
  }
}

function behindPast(
  graph: Graph,
  part: 'key' | 'value',
  layer: number,
  now: Tensor,
  { keyValueHeadCount, headSize }: Attention,
): Tensor {
  const past = graph.input(`${PAST}${part}_${layer}`, 'float32', [keyValueHeadCount, 'past', headSize])
  const all = concat([past, now], { axis: 1, dim: 'total' })
  graph.output(`${PRESENT}${part}_${layer}`, all)
  return all
}

/** [tokens, heads · headSize] → [groups, heads / groups · tokens, headSize]: the queries of a group are rows of one product. */
function splitHeads(x: Tensor, groups: number, headSize: number): Tensor {
  const perGroup = Number(x.shape[1]) / groups / headSize
  const split = transpose(reshape(x, ['tokens', groups, perGroup, headSize]), [1, 2, 0, 3])
  return reshape(split, [groups, perGroup === 1 ? 'tokens' : `${perGroup}*tokens`, headSize])
}

function joinHeads(x: Tensor, groups: number, { headCount, headSize }: Attention): Tensor {
  const split = reshape(x, [groups, headCount / groups, 'tokens', headSize])
  return reshape(transpose(split, [2, 0, 1, 3]), ['tokens', headCount * headSize])
}

/** [tokens, total] */
function toMask(positionIds: Tensor, keyPositions: Tensor, window: number | undefined): Tensor {
  const { graph } = positionIds
  const query = reshape(positionIds, ['tokens', 1])
  const key = reshape(keyPositions, [1, 'total'])
  const isBefore = lessOrEqual(key, query)
  const isSeen = window === undefined ? isBefore : and(isBefore, less(sub(query, key), window))
  return where(isSeen, graph.scalar(0), graph.scalar(HIDDEN))
}
