import type { Activation } from '../graph/index.ts'
import type { Rope } from './rope.ts'

/**
 * A decoder-only transformer as its config.json describes it: what is computed, and the names of the weights as transformers
 * saves them. It holds no weights. Architectures differ in these properties alone; nothing that is built from a description
 * asks which architecture it is.
 */
export interface ModelDescription {
  /** `model_type` of config.json, for messages. */
  readonly architecture: string
  readonly vocabularySize: number
  readonly hiddenSize: number
  /** `max_position_embeddings`. With learnt positions, no sequence can be longer. */
  readonly maxPositions: number
  readonly tokenEmbedding: Embedding
  /** Learnt positions, added to the tokens' embeddings (GPT-2). */
  readonly positionEmbedding: Embedding | undefined
  readonly layers: readonly Layer[]
  readonly finalNorm: Norm
  readonly head: Head
  /** Shares of components that transformers drops while it trains, as the config has them. */
  readonly dropout: Dropout
  /**
   * What the weights of the body are called less of in a checkpoint that was saved without the head: `model.`, `transformer.`.
   */
  readonly basePrefix: string
}

/** The rows of `module.weight`, [count, size], times `scale`. */
export interface Embedding {
  readonly module: string
  readonly count: number
  readonly size: number
  /** Gemma: √hiddenSize in fp32. Else 1. */
  readonly scale: number
  /** Whether the module itself scales (Gemma 3): NEFTune's noise, which is added to what it gives, is scaled otherwise. */
  readonly scalesInside?: boolean
  /**
   * The id whose row gets no gradient when it is looked up, as PyTorch's `padding_idx` has it: `pad_token_id` of config.json, a real
   * token in some models. As a row of a tied head it is trained all the same.
   */
  readonly paddingId: number | undefined
}

/** x + post(attention(pre(x))), then x + post(mlp(pre(x))). */
export interface Layer {
  readonly attention: Attention
  readonly mlp: Mlp
  readonly attentionPreNorm: Norm
  /** Gemma 2 and 3 norm what a block returns too. */
  readonly attentionPostNorm: Norm | undefined
  readonly mlpPreNorm: Norm
  readonly mlpPostNorm: Norm | undefined
}

/** Causal attention of `headCount` queries over `keyValueHeadCount` keys and values; the queries of a group lie side by side. */
export interface Attention {
  readonly headCount: number
  readonly keyValueHeadCount: number
  readonly headSize: number
  /** Scores are q·k times this. */
  readonly scale: number
  /** Scores are c·tanh(score / c) before the mask; undefined: as they are. */
  readonly softCap: number | undefined
  /** A token sees itself and the `window` - 1 tokens before it; undefined: all before it. */
  readonly window: number | undefined
  /** undefined: queries and keys are not rotated. */
  readonly rope: Rope | undefined
  /** Over each head of the projected queries and keys, before they are rotated (Qwen3, Gemma 3). */
  readonly queryNorm: Norm | undefined
  readonly keyNorm: Norm | undefined
  readonly inputs: AttentionInputs
  readonly output: Linear
}

export type AttentionInputs =
  | { readonly kind: 'split'; readonly query: Linear; readonly key: Linear; readonly value: Linear }
  /** One projection whose outputs are all queries, then all keys, then all values. */
  | { readonly kind: 'fused'; readonly queryKeyValue: Linear }

export type Mlp =
  /** down(activation(gate(x)) · up(x)) */
  | {
      readonly kind: 'gated'
      readonly gate: Linear
      readonly up: Linear
      readonly down: Linear
      readonly activation: Activation
    }
  /** The same, with one projection whose outputs are all of the gate's, then all of up's. */
  | {
      readonly kind: 'gated-fused'
      readonly gateUp: Linear
      readonly down: Linear
      readonly activation: Activation
    }
  /** down(activation(up(x))) */
  | { readonly kind: 'plain'; readonly up: Linear; readonly down: Linear; readonly activation: Activation }

/** y = xWᵀ + b: `module.weight` and, where there is one, `module.bias`. */
export interface Linear {
  readonly module: string
  readonly inSize: number
  readonly outSize: number
  readonly hasBias: boolean
  /** How the weight is stored: [outSize, inSize] as PyTorch's Linear has it, or [inSize, outSize] as GPT-2's Conv1D. */
  readonly layout: 'out-in' | 'in-out'
}

export type Norm =
  /** x / √(mean(x²) + epsilon) · (weight + weightOffset); the offset is 1 for Gemma, whose weights are stored less 1. */
  | {
      readonly kind: 'rms'
      readonly module: string
      readonly size: number
      readonly epsilon: number
      readonly weightOffset: 0 | 1
    }
  /** (x - mean) / √(variance + epsilon) · weight + bias */
  | { readonly kind: 'layer'; readonly module: string; readonly size: number; readonly epsilon: number }

/** logits = x·Wᵀ */
export interface Head {
  /** [vocabularySize, hiddenSize]: the tokens' embedding where `tied`. */
  readonly module: string
  readonly tied: boolean
  /** Logits are c·tanh(logit / c); undefined: as they are. */
  readonly softCap: number | undefined
}

export interface Dropout {
  /** Of the embeddings, of what a block adds to the residual stream, and of attention's probabilities. */
  readonly embedding: number
  readonly residual: number
  readonly attention: number
}
