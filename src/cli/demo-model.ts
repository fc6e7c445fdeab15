import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findPackageRoot } from '../package-root.ts'
import { makeDraws } from '../train/generate/index.ts'
import { listWeights, parseModelConfig } from '../train/model/index.ts'
import { writeModelWeights } from '../train/weights/index.ts'

const CONFIG = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: 32_000,
  hidden_size: 64,
  intermediate_size: 160,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  max_position_embeddings: 256,
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: 2,
}

/** As Mistral's: an answer ends with EOS. That [/INST] asks for it is said by the generation prompt, which Mistral's has not. */
const CHAT_TEMPLATE =
  "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}{{ '[INST] ' + m['content'] }}{% else %}{{ ' [/INST] ' + m['content'] + eos_token }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ ' [/INST]' }}{% endif %}"

/** Writes a Llama of two layers with random weights, Mistral-7B-v0.1's tokenizer and a chat template: all that a model folder has. */
export async function writeDemoModel(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.json'), JSON.stringify(CONFIG))
  writeFileSync(join(folder, 'chat_template.jinja'), CHAT_TEMPLATE)
  const tokenizer = join(findPackageRoot(), 'assets', 'mistral-7b-v0.1')
  for (const name of ['tokenizer.json.gz', 'tokenizer_config.json'])
    copyFileSync(join(tokenizer, name), join(folder, name))
  const draw = makeDraws(1)
  const tensors = listWeights(parseModelConfig(CONFIG)).map(({ name, shape, role }) => {
    const length = shape.reduce((product, size) => product * size, 1)
    // Wider than Llama's 0.02: a model as narrow as this one learns faster so.
    const values = Float32Array.from({ length }, () => (role === 'norm' ? 1 : (draw() - 0.5) * 0.4))
    return { name, shape, dtype: 'F32' as const, values }
  })
  await writeModelWeights(folder, tensors)
}
