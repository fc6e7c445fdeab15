import {
  add,
  concat,
  matmul,
  mul,
  pad,
  reduceSum,
  reshape,
  slice,
  softmax,
  sub,
  tanh,
  transpose,
} from '../ops/index.ts'
import type { Tensor } from '../tensor.ts'
import type { AttentionBlock } from './attention-blocks.ts'

interface AttentionOptions {
  readonly headCount: number
  readonly keyValueHeadCount: number
  readonly headSize: number
  /** Scores are q·k times this. */
  readonly scale: number
  /** Scores are c·tanh(score / c) before the mask. */
  readonly softCap?: number | undefined
  readonly blocks: readonly AttentionBlock[]
  /** What a block's probabilities are multiplied by to drop some of them, [heads, queries, keys]; made once more in the backward pass. */
  readonly dropoutOf?: ((block: AttentionBlock) => Tensor) | undefined
}

/** Queries [kv, group · queries, size] of a block, and its keys and values [kv, keys, size]. */
interface Piece {
  readonly q: Tensor
  readonly k: Tensor
  readonly v: Tensor
}

/** A block's probabilities [kv, group · queries, keys], and with a soft cap tanh(score / c) of the same shape. */
interface Scored {
  readonly probabilities: Tensor
  readonly capped: Tensor | undefined
}

/**
 * Attention: q [tokens, heads · size], k and v [tokens, kv · size] to [tokens, heads · size].
 *
 * The queries of a group lie beside each other over one key head, so keys and values are never repeated, and their gradients sum over
 * the group in the product itself. Probabilities are computed once more in the backward pass: keeping them saves 2 % of a step's time at 512
 * tokens, and takes memory that grows with their square.
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions): Tensor {
  const { graph } = q
  const { blocks } = options
  const split = (): readonly [Tensor, Tensor, Tensor] => [
    splitQueries(q, options),
    splitKeys(k, options),
    splitKeys(v, options),
  ]
  const y = graph.withTape(undefined, () => {
    const [queries, keys, values] = split()
    const outputs = blocks.map(block => {
      const piece = cut(block, queries, keys, values, options)
      const { probabilities } = score(piece, block, options)
      return ungroup(matmul(drop(probabilities, block, options), piece.v), block, options)
    })
    return joinQueries(concat(outputs, { axis: 2, dim: 'tokens' }), options)
  })
  return graph.record([q, k, v], y, dy => {
    const [queries, keys, values] = split()
    const dOutputs = splitQueries(dy, options)
    // Σ over keys of P·dP is dO·O: one number a query and head, without another pass over the scores.
    const products = reshape(mul(dy, y), ['tokens', options.headCount, options.headSize])
    const dots = splitQueries(reshape(reduceSum(products), ['tokens', options.headCount]), {
      ...options,
      headSize: 1,
    })
    const parts = blocks.map(block => {
      const piece = cut(block, queries, keys, values, options)
      const scored = score(piece, block, options)
      const dO = group(block, dOutputs, options)
      const dot = group(block, dots, { ...options, headSize: 1 })
      return { block, ...backward({ block, piece, scored, dO, dot }, options) }
    })
    const dQueries = parts.map(({ block, dq }) => ungroup(dq, block, options))
    const sumOfKeys = (part: 'dk' | 'dv'): Tensor =>
      joinKeys(parts.map(({ block, [part]: x }) => spread(x, block)).reduce(add), options)
    return [
      joinQueries(concat(dQueries, { axis: 2, dim: 'tokens' }), options),
      sumOfKeys('dk'),
      sumOfKeys('dv'),
    ]
  })
}

function score(
  { q, k }: Piece,
  { queryDim, keyDim, bias }: AttentionBlock,
  options: AttentionOptions,
): Scored {
  const { headCount, scale, softCap } = options
  const raw = matmul(q, k, { transB: true, alpha: softCap === undefined ? scale : scale / softCap })
  const capped = softCap === undefined ? undefined : tanh(raw)
  const scores = capped === undefined ? raw : mul(capped, softCap!)
  const perHead = reshape(scores, [headCount, queryDim, keyDim])
  return { probabilities: reshape(softmax(add(perHead, bias)), raw.shape), capped }
}

function drop(x: Tensor, block: AttentionBlock, { dropoutOf }: AttentionOptions): Tensor {
  return dropoutOf === undefined ? x : mul(x, reshape(dropoutOf(block), x.shape))
}

interface BackwardStep {
  readonly block: AttentionBlock
  readonly piece: Piece
  readonly scored: Scored
  /** Gradient of the block's output [kv, group · queries, size], and its product with that output [kv, group · queries, 1]. */
  readonly dO: Tensor
  readonly dot: Tensor
}

function backward(step: BackwardStep, options: AttentionOptions): { dq: Tensor; dk: Tensor; dv: Tensor } {
  const { block, piece, dO, dot } = step
  const { probabilities, capped } = step.scored
  const dProbabilities = drop(matmul(dO, piece.v, { transB: true }), block, options)
  const dScores = mul(probabilities, sub(dProbabilities, dot))
  const dRaw = capped === undefined ? dScores : mul(dScores, sub(1, mul(capped, capped)))
  const alpha = options.scale
  return {
    dq: matmul(dRaw, piece.k, { alpha }),
    dk: matmul(dRaw, piece.q, { transA: true, alpha }),
    dv: matmul(drop(probabilities, block, options), dO, { transA: true }),
  }
}

/** What a block gives for its keys, with zeros for the others. */
function spread(x: Tensor, { keyPads: pads }: AttentionBlock): Tensor {
  return pad(x, { axis: 1, pads, dim: 'tokens' })
}

type Heads = Pick<AttentionOptions, 'headCount' | 'keyValueHeadCount' | 'headSize'>

/** [tokens, heads · size] to [kv, group, tokens, size]. */
function splitQueries(x: Tensor, { headCount, keyValueHeadCount: kv, headSize }: Heads): Tensor {
  return transpose(reshape(x, ['tokens', kv, headCount / kv, headSize]), [1, 2, 0, 3])
}

function joinQueries(x: Tensor, { headCount, headSize }: Heads): Tensor {
  return reshape(transpose(x, [2, 0, 1, 3]), ['tokens', headCount * headSize])
}

/** [tokens, kv · size] to [kv, tokens, size]. */
function splitKeys(x: Tensor, { keyValueHeadCount, headSize }: Heads): Tensor {
  return transpose(reshape(x, ['tokens', keyValueHeadCount, headSize]), [1, 0, 2])
}

function joinKeys(x: Tensor, { keyValueHeadCount, headSize }: Heads): Tensor {
  return reshape(transpose(x, [1, 0, 2]), ['tokens', keyValueHeadCount * headSize])
}

function cut(block: AttentionBlock, q: Tensor, k: Tensor, v: Tensor, options: Heads): Piece {
  const { keyDim, keyStart: start, end } = block
  const keys = { axis: 1, start, end, dim: keyDim }
  return { q: group(block, q, options), k: slice(k, keys), v: slice(v, keys) }
}

/** A block of [kv, group, tokens, size] as [kv, group · queries, size]. */
function group({ queryDim, start, end }: AttentionBlock, x: Tensor, options: Heads): Tensor {
  const { headCount, keyValueHeadCount: kv, headSize } = options
  const queries = slice(x, { axis: 2, start, end, dim: queryDim })
  return reshape(queries, [kv, `${headCount / kv}*${queryDim}`, headSize])
}

function ungroup(x: Tensor, { queryDim }: AttentionBlock, options: Heads): Tensor {
  const { headCount, keyValueHeadCount: kv, headSize } = options
  return reshape(x, [kv, headCount / kv, queryDim, headSize])
}
