import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listWeights, type ModelDescription, parseModelConfig } from '../src/train/model/index.ts'
import { writeSafetensors } from '../src/train/weights/index.ts'
import { toRandom, VOCABULARY } from './train-case.ts'

/** Writes a Llama of SmolLM2-135M's shape, but for its number of layers, with random weights. */
export async function makeModel(folder: string, layers: number): Promise<ModelDescription> {
  const config = {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: VOCABULARY,
    hidden_size: 576,
    intermediate_size: 1536,
    num_hidden_layers: layers,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    max_position_embeddings: 8192,
    rms_norm_eps: 1e-5,
    rope_theta: 100_000,
    tie_word_embeddings: true,
    torch_dtype: 'float32',
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  const model = parseModelConfig(config)
  const next = toRandom()
  const tensors = listWeights(model).map(({ name, shape, role }) => ({
    name,
    dtype: 'F32' as const,
    shape,
    values: () =>
      new Float32Array(shape.reduce((product, dim) => product * dim, 1)).map(() =>
        role === 'norm' ? 1 : 0.07 * (next() - 0.5),
      ),
  }))
  await writeSafetensors(join(folder, 'model.safetensors'), tensors)
  return model
}
