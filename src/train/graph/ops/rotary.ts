import { int } from '../graph.ts'
import type { Tensor } from '../tensor.ts'
import { neg } from './elementwise.ts'
import { reshape } from './shape.ts'

export interface RotaryTables {
  /** Of each token of the batch: float32 [tokens, rotated / 2], the first half of what transformers computes. */
  readonly cos: Tensor
  readonly sin: Tensor
  /** int64 [1, tokens]: 0, 1, 2 …, the row of the tables that a token reads. */
  readonly rows: Tensor
}

interface RotaryOptions {
  readonly heads: number
  /** Features of a head that are turned, the first ones; all by default. */
  readonly rotatedDim?: number | undefined
  /** Pairs are neighbours (GPT-J) instead of halves (GPT-NeoX, Llama). */
  readonly isInterleaved?: boolean | undefined
}

/** Turns pairs of features by the angle of their token: x [tokens, heads · headDim], as `apply_rotary_pos_emb` of transformers. */
export function rotary(x: Tensor, tables: RotaryTables, options: RotaryOptions): Tensor {
  const { heads, rotatedDim = 0, isInterleaved = false } = options
  const { cos, sin, rows } = tables
  const batch = reshape(x, [1, ...x.shape])
  const attributes = {
    interleaved: int(Number(isInterleaved)),
    num_heads: int(heads),
    rotary_embedding_dim: int(rotatedDim),
  }
  const call = { domain: 'com.microsoft', attributes } as const
  const turned = batch.graph.node('RotaryEmbedding', [batch, rows, cos, sin], batch, call)
  const y = reshape(
    // A turn's gradient is the turn back.
    x.graph.record([batch], turned, dy => [
      reshape(rotary(reshape(dy, x.shape), { cos, sin: neg(sin), rows }, options), batch.shape),
    ]),
    x.shape,
  )
  return y
}
