import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { describeError, LosslineError } from '../../src/error.ts'
import type { JsonObject } from '../../src/json/index.ts'
import { openTrainableModel } from '../../src/train/runtime/index.ts'
import { makeModel } from './make-model.ts'

const parent = mkdtempSync(join(tmpdir(), 'lossline-bad-model-'))
after(() => rmSync(parent, { recursive: true, force: true }))

const CONFIG = {
  model_type: 'qwen2',
  vocab_size: 40,
  hidden_size: 16,
  intermediate_size: 20,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  tie_word_embeddings: true,
}

interface BadModel {
  readonly name: string
  /** Keys of config.json that change after the weights were written. */
  readonly config?: JsonObject
  readonly damage?: (folder: string) => void
  /** The error's line, with `M` for the folder. */
  readonly line: string
}

const BAD_MODELS: readonly BadModel[] = [
  {
    name: 'no config.json',
    damage: folder => rmSync(join(folder, 'config.json')),
    line: 'M/config.json is not there or not readable. Name the folder of a model.',
  },
  {
    name: 'a config.json that is cut',
    damage: folder => truncateSync(join(folder, 'config.json'), 20),
    line: 'M/config.json holds no JSON. Name the folder of a model.',
  },
  {
    name: 'a config.json that is a list',
    damage: folder => writeFileSync(join(folder, 'config.json'), '[]'),
    line: 'M/config.json holds no JSON object. Name the folder of a model.',
  },
  {
    name: 'an architecture that is not covered',
    config: { model_type: 'mamba' },
    line: 'M/config.json has the architecture "mamba", which is not covered; covered: llama, mistral, qwen2, qwen3, gemma, gemma2, gemma3_text, phi3, smollm3, gpt2. Train this model with TRL, or choose another.',
  },
  {
    name: 'a config.json of a wider model',
    config: { hidden_size: 32 },
    line: 'M model.embed_tokens.weight has the shape [40, 16]; config.json says [40, 32]. Take config.json and the weights from the same model.',
  },
  {
    name: 'a config.json of a deeper model',
    config: { num_hidden_layers: 3 },
    line: 'M has no tensor model.layers.2.input_layernorm.weight [16] and 11 more, which config.json asks for (qwen2). Take config.json and all files of weights from the same model.',
  },
  {
    name: 'a config.json of a model without biases',
    config: { model_type: 'llama', architectures: ['LlamaForCausalLM'] },
    line: 'M holds the tensor "model.layers.0.self_attn.k_proj.bias" and 5 more, for which config.json has no use (llama). Take config.json and all files of weights from the same model.',
  },
  {
    name: 'weights that are cut',
    damage: folder => {
      const file = join(folder, 'model.safetensors')
      truncateSync(file, readFileSync(file).byteLength - 8)
    },
    line: 'M/model.safetensors is cut: its header promises 16,960 bytes of tensors, and it has 16,952. Copy or download it again.',
  },
  {
    name: 'no weights',
    damage: folder => rmSync(join(folder, 'model.safetensors')),
    line: 'M holds neither model.safetensors nor model.safetensors.index.json. Name a model folder with its weights in safetensors files.',
  },
]

for (const [i, { name, config = {}, damage, line }] of BAD_MODELS.entries()) {
  test(`${name}: one line that says so`, async () => {
    const folder = join(parent, String(i))
    await makeModel(folder, CONFIG, 1)
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...CONFIG, ...config }))
    damage?.(folder)
    await assert.rejects(openTrainableModel(folder, { trained: { kind: 'all' } }), error => {
      assert.ok(error instanceof LosslineError)
      assert.equal(describeError(error).replaceAll(folder, 'M'), line)
      return true
    })
  })
}
