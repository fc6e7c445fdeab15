// Attention in blocks of queries: what a block cannot see (later keys, other sequences, keys out of the window) is not computed.
import type { Graph } from '../graph.ts'
import { and, concat, equal, less, lessOrEqual, reshape, slice, sub, where } from '../ops/index.ts'
import type { Tensor } from '../tensor.ts'

/** The queries from `start` to before `end`, over the keys from `keyStart` to before `end`. */
export interface AttentionBlock {
  readonly index: number
  /** The names of their numbers; plans of other windows have other keys. */
  readonly queryDim: string
  readonly keyDim: string
  /** int64 [1] each. */
  readonly start: Tensor
  readonly end: Tensor
  readonly keyStart: Tensor
  /** int64 [2]: the tokens before the first key, and behind the last one. */
  readonly keyPads: Tensor
  /** float32 [queries, keys]: 0 where a query sees a key, else so little that nothing is left of its score. */
  readonly bias: Tensor
}

export interface AttentionPlanInputs {
  /** int64 [blocks + 1]: where blocks of queries begin, and the number of tokens. */
  readonly bounds: Tensor
  /** int64 [blocks]: the first key that a query of the block may see. */
  readonly keyStarts: Tensor
  /** int64 [tokens]: the number of each token's sequence. */
  readonly sequenceIds: Tensor
  /** int64 [1, tokens]: 0, 1, 2 … */
  readonly rows: Tensor
}

interface AttentionBlocksOptions {
  readonly count: number
  /** A token sees itself and the `window` - 1 before it. */
  readonly window?: number | undefined
}

/** Less than any score, and not -∞, which turns to NaN in a row of nothing else. */
const HIDDEN = -1e30

/** The blocks of a batch, with the mask of each; made once for all layers that see alike. */
export function toAttentionBlocks(
  inputs: AttentionPlanInputs,
  options: AttentionBlocksOptions,
): AttentionBlock[] {
  const { bounds, keyStarts, sequenceIds, rows } = inputs
  const { count, window } = options
  const { graph } = bounds
  const at = (tensor: Tensor, index: number): Tensor =>
    slice(tensor, { axis: 0, start: index, end: index + 1 })
  return Array.from({ length: count }, (_, index) => {
    const [start, end, keyStart] = [at(bounds, index), at(bounds, index + 1), at(keyStarts, index)]
    const queryDim = `queries${index}`
    const keyDim = window === undefined ? `keys${index}` : `keys${index} of ${window}`
    const ofQueries = (tensor: Tensor): Tensor =>
      reshape(slice(reshape(tensor, ['tokens']), { axis: 0, start, end, dim: queryDim }), [queryDim, 1])
    const ofKeys = (tensor: Tensor): Tensor =>
      slice(reshape(tensor, [1, 'tokens']), { axis: 1, start: keyStart, end, dim: keyDim })
    const [query, key] = [ofQueries(rows), ofKeys(rows)]
    const isCausal = and(equal(ofQueries(sequenceIds), ofKeys(sequenceIds)), lessOrEqual(key, query))
    const isSeen = window === undefined ? isCausal : and(isCausal, less(sub(query, key), window))
    const keyPads = concat([keyStart, sub(at(bounds, count), end)], { axis: 0 })
    return { index, queryDim, keyDim, start, end, keyStart, keyPads, bias: toBias(graph, isSeen) }
  })
}

function toBias(graph: Graph, isSeen: Tensor): Tensor {
  return where(isSeen, graph.scalar(0), graph.scalar(HIDDEN))
}
