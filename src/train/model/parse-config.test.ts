import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeError, LosslineError } from '../../error.ts'
import type { JsonObject } from '../../json/index.ts'
import { parseModelConfig } from './parse-config.ts'

const COVERED = 'llama, mistral, qwen2, qwen3, gemma, gemma2, gemma3_text, phi3, smollm3, gpt2'
const OTHERWISE = 'Train this model with TRL, or choose another.'
const AGAIN = 'Copy or download config.json again.'

function failure(config: JsonObject): string {
  try {
    parseModelConfig(config)
  } catch (error) {
    if (error instanceof LosslineError) return describeError(error)
    throw error
  }
  return 'nothing'
}

test('what is not covered is told with what is', () => {
  const lines: readonly (readonly [JsonObject, string])[] = [
    [
      { model_type: 'mamba2', architectures: ['Mamba2ForCausalLM'] },
      `config.json has the architecture "mamba2", which is not covered; covered: ${COVERED}. ${OTHERWISE}`,
    ],
    [{}, `config.json has no model_type; covered: ${COVERED}. ${OTHERWISE}`],
    [
      { model_type: 'llama', architectures: ['LlamaForSequenceClassification'] },
      `config.json architectures is "LlamaForSequenceClassification", which is not covered; covered: LlamaForCausalLM. ${OTHERWISE}`,
    ],
    [
      { model_type: 'llama', rope_scaling: { rope_type: 'dynamic', factor: 2 } },
      `config.json rope_scaling rope_type is "dynamic", which is not covered; covered: default, linear, llama3, yarn, longrope. ${OTHERWISE}`,
    ],
    [
      { model_type: 'llama', hidden_act: 'mish' },
      `config.json hidden_act is "mish", which is not covered; covered: silu, swish, gelu, gelu_python, gelu_new, gelu_fast, gelu_pytorch_tanh, relu. ${OTHERWISE}`,
    ],
    [
      { model_type: 'gemma3_text', use_bidirectional_attention: true },
      `config.json use_bidirectional_attention is "true", which is not covered; covered: false. ${OTHERWISE}`,
    ],
    [
      { model_type: 'qwen2', layer_types: Array.from({ length: 32 }, () => 'chunked_attention') },
      `config.json layer_types is "chunked_attention", which is not covered; covered: full_attention, sliding_attention. ${OTHERWISE}`,
    ],
    [
      { model_type: 'llama', quantization_config: { quant_method: 'gptq' } },
      'config.json quantization_config says that the weights are quantized, which is not covered. Name the model that it was made from; loadIn4bit quantizes it here.',
    ],
  ]
  for (const [config, line] of lines) assert.equal(failure(config), line)
})

test('a key of the wrong type, or one that contradicts another, is told in one line', () => {
  const lines: readonly (readonly [JsonObject, string])[] = [
    [{ hidden_size: '64' }, `config.json hidden_size is "64"; expected a whole number above 0. ${AGAIN}`],
    [
      { num_hidden_layers: 2.5 },
      `config.json num_hidden_layers is "2.5"; expected a whole number above 0. ${AGAIN}`,
    ],
    [{ vocab_size: null }, `config.json vocab_size is "null"; expected a whole number above 0. ${AGAIN}`],
    [{ rms_norm_eps: '1e-5' }, `config.json rms_norm_eps is "1e-5"; expected a number. ${AGAIN}`],
    [{ mlp_bias: 1 }, `config.json mlp_bias is "1"; expected true or false. ${AGAIN}`],
    [{ rope_scaling: 2 }, `config.json rope_scaling is "2"; expected an object. ${AGAIN}`],
    [
      { rope_scaling: { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 } },
      `config.json rope_scaling original_max_position_embeddings is missing; expected a whole number above 0. ${AGAIN}`,
    ],
    [
      { rope_scaling: { rope_type: 'longrope', factor: 2, short_factor: [1, 2], long_factor: [1, 2] } },
      `config.json rope_scaling short_factor has 2 numbers; expected 64, one for each pair. ${AGAIN}`,
    ],
    [
      { num_attention_heads: 32, num_key_value_heads: 5 },
      `config.json num_key_value_heads is 5, which does not divide num_attention_heads, 32. ${AGAIN}`,
    ],
    [
      { hidden_size: 100, num_attention_heads: 3, num_key_value_heads: 3 },
      `config.json hidden_size is 100, which num_attention_heads, 3, does not divide. ${AGAIN}`,
    ],
    [
      { head_dim: 7 },
      `config.json head_dim leaves 7 components to rotate; expected an even number. ${AGAIN}`,
    ],
    [
      { model_type: 'qwen3', layer_types: ['full_attention'] },
      `config.json layer_types has 1 entries; expected 32, one for each of num_hidden_layers. ${AGAIN}`,
    ],
    [
      { model_type: 'gpt2', n_embd: 10 },
      `config.json n_embd is 10, which n_head, 12, does not divide. ${AGAIN}`,
    ],
  ]
  for (const [config, line] of lines) assert.equal(failure({ model_type: 'llama', ...config }), line)
})

test('a config.json of transformers 5 describes what one of transformers 4 does', () => {
  const llama3 = {
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8192,
  }
  const yarn = { factor: 4, original_max_position_embeddings: 4096 }
  const longrope = { short_factor: Array(48).fill(1.5), long_factor: Array(48).fill(2) }
  const linear = { rope_type: 'linear', factor: 8 }
  const pairs: readonly (readonly [JsonObject, JsonObject])[] = [
    [
      { model_type: 'llama', rope_theta: 5e5, rope_scaling: { rope_type: 'llama3', ...llama3 } },
      { model_type: 'llama', rope_parameters: { rope_theta: 5e5, rope_type: 'llama3', ...llama3 } },
    ],
    [
      { model_type: 'qwen3', rope_theta: 1e6, rope_scaling: { type: 'yarn', ...yarn } },
      { model_type: 'qwen3', rope_parameters: { rope_theta: 1e6, rope_type: 'yarn', ...yarn } },
    ],
    [
      { model_type: 'phi3', max_position_embeddings: 131_072, rope_scaling: { type: 'su', ...longrope } },
      {
        model_type: 'phi3',
        max_position_embeddings: 131_072,
        rope_parameters: {
          rope_type: 'longrope',
          rope_theta: 10_000,
          original_max_position_embeddings: 4096,
          partial_rotary_factor: 1,
          ...longrope,
        },
      },
    ],
    [
      { model_type: 'gemma3_text', rope_theta: 2e6, rope_local_base_freq: 500, rope_scaling: linear },
      {
        model_type: 'gemma3_text',
        rope_parameters: {
          full_attention: { rope_theta: 2e6, ...linear },
          sliding_attention: { rope_type: 'default', rope_theta: 500 },
        },
      },
    ],
  ]
  for (const [four, five] of pairs) assert.deepEqual(parseModelConfig(five), parseModelConfig(four))
})
