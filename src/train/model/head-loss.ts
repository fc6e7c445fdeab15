import { add, concat, crossEntropy, slice, type Tensor } from '../graph/index.ts'
import type { LossOptions } from '../trainable-model.ts'
import { buildLogits, type DecoderParts } from './decoder.ts'
import type { Feed } from './decoder-inputs.ts'
import type { ModelDescription } from './description.ts'

/** Targets are cut into so many pieces, the last ones empty where there are few targets. */
const PIECES = 8
const LEAST_ROWS = 256

const BOUNDS = 'head_bounds'
/** A piece's number of targets is named so. */
const PIECE_DIMENSION = /^targets(\d+)$/

interface HeadLossOptions {
  readonly model: ModelDescription
  readonly parts: DecoderParts
  readonly targets: Tensor
  readonly weights: Tensor
  readonly loss: LossOptions
  /** All targets at once: of a head that is trained, the pieces' gradients would have to be added up, and each is as large as the head. */
  readonly isWhole: boolean
}

/**
 * The loss of rows [targets, hiddenSize] of the residual stream, and what is said of each target.
 *
 * Logits are the largest numbers of a training, the vocabulary's size times the targets. They are computed and turned into gradients piece
 * by piece: a piece's are gone when those of the next are computed.
 */
export function buildHeadLoss(
  rows: Tensor,
  options: HeadLossOptions,
): { readonly total: Tensor; readonly outcomes: Tensor } {
  const { model, parts, targets, weights, loss, isWhole } = options
  if (isWhole) return crossEntropy(buildLogits(rows, model, parts), { targets, weights }, loss)
  const bounds = parts.graph.input(BOUNDS, 'int64', [PIECES + 1])
  const at = (index: number): Tensor => slice(bounds, { axis: 0, start: index, end: index + 1 })
  const pieces = Array.from({ length: PIECES }, (_, index) => {
    const range = { axis: 0, start: at(index), end: at(index + 1), dim: `targets${index}` }
    const logits = buildLogits(slice(rows, range), model, parts)
    return crossEntropy(logits, { targets: slice(targets, range), weights: slice(weights, range) }, loss)
  })
  return {
    total: pieces.map(({ total }) => total).reduce((sum, total) => add(sum, total)),
    outcomes: concat(
      pieces.map(({ outcomes }) => outcomes),
      { axis: 0, dim: 'targets' },
    ),
  }
}

/** Where the pieces of `count` targets begin and end; a few targets are one piece, as the head is read once for each. */
export function toHeadFeeds(count: number): Record<string, Feed> {
  const bounds = toBounds(count)
  return { [BOUNDS]: { data: BigInt64Array.from(bounds, BigInt), shape: [bounds.length] } }
}

/** How many of `count` targets a piece has, by the name of its dimension; undefined where that is no piece's. */
export function findPieceSize(dimension: string, count: number): number | undefined {
  const piece = PIECE_DIMENSION.exec(dimension)
  if (piece === null) return undefined
  const bounds = toBounds(count)
  return bounds[Number(piece[1]) + 1]! - bounds[Number(piece[1])]!
}

function toBounds(count: number): number[] {
  const size = Math.max(LEAST_ROWS, Math.ceil(count / PIECES))
  return Array.from({ length: PIECES + 1 }, (_, i) => Math.min(i * size, count))
}
