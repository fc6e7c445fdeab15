import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeError, LosslineError } from '../../error.ts'
import type { JsonObject } from '../../json/index.ts'
import { parseModelConfig } from './parse-config.ts'
import { checkTokenIds, resolveWeights, type StoredTensor } from './resolve-weights.ts'
import { listWeights } from './weights-of-model.ts'

const LLAMA = {
  model_type: 'llama',
  vocab_size: 61,
  hidden_size: 32,
  intermediate_size: 44,
  num_hidden_layers: 2,
  num_attention_heads: 4,
}
const GPT2 = { model_type: 'gpt2', vocab_size: 61, n_embd: 32, n_layer: 1, n_head: 4, n_positions: 16 }

function store(config: JsonObject): Map<string, StoredTensor> {
  const weights = listWeights(parseModelConfig(config))
  return new Map(weights.map(({ name, shape }) => [name, { name, shape, dtype: 'BF16' }]))
}

function add(tensors: Map<string, StoredTensor>, name: string): Map<string, StoredTensor> {
  return tensors.set(name, { name, shape: [1], dtype: 'F32' })
}

function failure(config: JsonObject, tensors: ReadonlyMap<string, StoredTensor>): string {
  try {
    resolveWeights(parseModelConfig(config), tensors, 'm')
  } catch (error) {
    if (error instanceof LosslineError) return describeError(error)
    throw error
  }
  return 'nothing'
}

test('a checkpoint saved without its head has the names without the prefix', () => {
  const model = parseModelConfig(GPT2)
  const bare = [...store(GPT2).values()].map(tensor => {
    const name = tensor.name.slice('transformer.'.length)
    return [name, { ...tensor, name }] as const
  })
  const resolved = resolveWeights(model, new Map(bare), 'm')
  assert.deepEqual([...resolved.keys()], [...store(GPT2).keys()])
  assert.equal(resolved.get('transformer.h.0.attn.c_attn.weight')?.name, 'h.0.attn.c_attn.weight')
})

test('tables that older versions saved, and the head of a tied model, are left aside', () => {
  const gpt2 = add(add(store(GPT2), 'transformer.h.0.attn.bias'), 'lm_head.weight')
  assert.equal(failure(GPT2, gpt2), 'nothing')
  assert.equal(failure(LLAMA, add(store(LLAMA), 'model.layers.1.self_attn.rotary_emb.inv_freq')), 'nothing')
})

test('weights that contradict config.json are told in one line', () => {
  const without = store(LLAMA)
  without.delete('model.layers.1.mlp.up_proj.weight')
  const headless = store({ ...LLAMA, tie_word_embeddings: true })
  const narrow = store(LLAMA).set('model.norm.weight', {
    name: 'model.norm.weight',
    shape: [31],
    dtype: 'F32',
  })
  const packed = store(LLAMA).set('model.norm.weight', {
    name: 'model.norm.weight',
    shape: [32],
    dtype: 'U8',
  })
  const lines: readonly (readonly [JsonObject, Map<string, StoredTensor>, string])[] = [
    [
      LLAMA,
      without,
      'm has no tensor model.layers.1.mlp.up_proj.weight [44, 32], which config.json asks for (llama). Take config.json and all files of weights from the same model.',
    ],
    [
      LLAMA,
      headless,
      'm has no tensor lm_head.weight [61, 32], which config.json asks for (llama). Say "tie_word_embeddings": true in config.json if the head is the embedding; else copy or download the weights again.',
    ],
    [
      LLAMA,
      new Map(),
      'm has no tensor model.embed_tokens.weight [61, 32] and 20 more, which config.json asks for (llama). Take config.json and all files of weights from the same model.',
    ],
    [
      { ...LLAMA, num_hidden_layers: 1 },
      store(LLAMA),
      'm holds the tensor "model.layers.1.input_layernorm.weight" and 8 more, for which config.json has no use (llama). Take config.json and all files of weights from the same model.',
    ],
    [
      LLAMA,
      add(store(LLAMA), 'model.layers.0.self_attn.q_proj.bias'),
      'm holds the tensor "model.layers.0.self_attn.q_proj.bias", for which config.json has no use (llama). Take config.json and all files of weights from the same model.',
    ],
    [
      LLAMA,
      narrow,
      'm model.norm.weight has the shape [31]; config.json says [32]. Take config.json and the weights from the same model.',
    ],
    [
      LLAMA,
      packed,
      'm model.norm.weight is U8; expected F32, F16, BF16. Save the model with one of these dtypes; loadIn4bit quantizes it here.',
    ],
  ]
  for (const [config, tensors, line] of lines) assert.equal(failure(config, tensors), line)
})

test('a tokenizer may have fewer ids than the embedding has rows, not more', () => {
  const model = parseModelConfig(LLAMA)
  checkTokenIds(model, 61, 'm/tokenizer.json')
  assert.throws(
    () => checkTokenIds(model, 62, 'm/tokenizer.json'),
    (error: LosslineError) =>
      describeError(error) ===
      "m/tokenizer.json has ids up to 61, and the model's embedding has 61 rows. Name the model's own tokenizer, or give the model more rows in Python: model.resize_token_embeddings(62).",
  )
})
