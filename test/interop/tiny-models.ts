// One or more tiny models of every architecture: grouped queries, odd sizes, windows shorter than the sequence, every rope.
import type { JsonObject } from '../../src/json/index.ts'
import type { ModelCase } from './model-oracle.ts'

export type TinyModel = Pick<ModelCase, 'modelType' | 'config' | 'dtype' | 'maxShardBytes'> & {
  readonly name: string
}

const SMALL: JsonObject = {
  vocab_size: 61,
  hidden_size: 36,
  intermediate_size: 44,
  num_hidden_layers: 2,
  num_attention_heads: 6,
  num_key_value_heads: 2,
  max_position_embeddings: 64,
  pad_token_id: 0,
  bos_token_id: 1,
  eos_token_id: 2,
}

const GEMMA: JsonObject = { ...SMALL, head_dim: 10, query_pre_attn_scalar: 7, sliding_window: 4 }

export const TINY_MODELS: readonly TinyModel[] = [
  tiny('llama', 'llama', {}),
  tiny('llama, tied, biases, wide heads, linear rope', 'llama', {
    tie_word_embeddings: true,
    attention_bias: true,
    mlp_bias: true,
    head_dim: 10,
    rms_norm_eps: 1e-3,
    rope_theta: 500,
    rope_scaling: { rope_type: 'linear', factor: 2.5 },
  }),
  tiny('llama, llama3 rope, bf16, sharded', 'llama', llama3Rope(), {
    dtype: 'bfloat16',
    maxShardBytes: 6000,
  }),
  tiny('llama, yarn rope, fp16', 'llama', yarnRope(), { dtype: 'float16' }),
  tiny('llama, one head, relu', 'llama', {
    num_attention_heads: 1,
    num_key_value_heads: 1,
    hidden_act: 'relu',
  }),
  tiny('mistral, window of 5', 'mistral', { sliding_window: 5, num_hidden_layers: 3 }),
  tiny('mistral, no window', 'mistral', { sliding_window: null, head_dim: 8 }),
  tiny('qwen2, tied', 'qwen2', { tie_word_embeddings: true }),
  tiny('qwen2, window from layer 1 on', 'qwen2', {
    use_sliding_window: true,
    sliding_window: 3,
    max_window_layers: 1,
    num_hidden_layers: 3,
  }),
  tiny('qwen3, tied, bf16', 'qwen3', { head_dim: 14, tie_word_embeddings: true }, { dtype: 'bfloat16' }),
  tiny('qwen3, biases', 'qwen3', { head_dim: 6, attention_bias: true }),
  tiny('gemma', 'gemma', { head_dim: 10 }),
  tiny('gemma2, soft caps', 'gemma2', {
    ...GEMMA,
    num_hidden_layers: 4,
    attn_logit_softcapping: 2.5,
    final_logit_softcapping: 3.5,
  }),
  tiny('gemma2, no soft caps, bf16', 'gemma2', uncappedGemma(), { dtype: 'bfloat16' }),
  tiny('gemma3, global layers and local ones', 'gemma3_text', {
    ...GEMMA,
    num_hidden_layers: 4,
    rope_theta: 3000,
    rope_local_base_freq: 70,
    rope_scaling: { rope_type: 'linear', factor: 8 },
    layer_types: ['sliding_attention', 'full_attention', 'sliding_attention', 'full_attention'],
  }),
  tiny('phi3, fused projections', 'phi3', { resid_pdrop: 0, embd_pdrop: 0 }),
  tiny('phi3, half of each head rotated, window of 4', 'phi3', {
    num_attention_heads: 3,
    num_key_value_heads: 1,
    partial_rotary_factor: 0.5,
    sliding_window: 4,
  }),
  tiny('phi3, longrope', 'phi3', longRope(), { dtype: 'bfloat16' }),
  tiny('smollm3, every second layer without rope, and with a window', 'smollm3', {
    num_hidden_layers: 4,
    no_rope_layer_interval: 2,
    use_sliding_window: true,
    sliding_window: 4,
  }),
  tiny('gpt2', 'gpt2', gpt2({})),
  tiny(
    'gpt2, untied, narrow, scaled by layer, sharded',
    'gpt2',
    {
      ...gpt2({ n_inner: 20, scale_attn_by_inverse_layer_idx: true, tie_word_embeddings: false }),
      activation_function: 'gelu',
    },
    { maxShardBytes: 5000 },
  ),
]

function tiny(
  name: string,
  modelType: string,
  config: JsonObject,
  storage: Partial<Pick<ModelCase, 'dtype' | 'maxShardBytes'>> = {},
): TinyModel {
  const sizes = modelType === 'gpt2' ? {} : SMALL
  return { name, modelType, config: { ...sizes, ...config }, dtype: 'float32', ...storage }
}

function llama3Rope(): JsonObject {
  return {
    rope_scaling: {
      rope_type: 'llama3',
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 16,
    },
  }
}

function yarnRope(): JsonObject {
  return {
    head_dim: 16,
    rope_scaling: { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 16, beta_fast: 4 },
  }
}

function uncappedGemma(): JsonObject {
  return { ...GEMMA, attn_logit_softcapping: null, final_logit_softcapping: null }
}

/** Sequences of more than 8 tokens have the long factors. */
function longRope(): JsonObject {
  return {
    original_max_position_embeddings: 8,
    rope_scaling: { type: 'longrope', short_factor: [1, 1.5, 2], long_factor: [2, 3, 5.5] },
  }
}

function gpt2(config: JsonObject): JsonObject {
  const sizes = { vocab_size: 61, n_embd: 36, n_layer: 2, n_head: 3, n_positions: 32, n_inner: 44 }
  const undropped = { resid_pdrop: 0, embd_pdrop: 0, attn_pdrop: 0 }
  return { ...sizes, ...undropped, bos_token_id: 1, eos_token_id: 2, ...config }
}
