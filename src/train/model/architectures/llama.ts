import { ACTIVATIONS } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { describeDecoder } from '../describe-decoder.ts'
import type { ModelDescription } from '../description.ts'
import { readRope } from '../read-rope.ts'
import { readSizes } from '../sizes.ts'
import type { Architecture } from './architecture.ts'

/** Llama 1 to 3.x, and what has its form: SmolLM, TinyLlama, Yi, … */
export const llama: Architecture = { modelType: 'llama', className: 'LlamaForCausalLM', describe }

function describe(config: ConfigReader): ModelDescription {
  const sizes = readSizes(config, {
    vocabularySize: 32_000,
    hiddenSize: 4096,
    intermediateSize: 11_008,
    layerCount: 32,
    headCount: 32,
    keyValueHeadCount: undefined,
    headSize: undefined,
    maxPositions: 2048,
    paddingId: undefined,
  })
  const hasAttentionBias = config.flag('attention_bias', false)
  const rope = readRope(config, sizes, { theta: 10_000 })
  return describeDecoder(sizes, {
    architecture: 'llama',
    activation: config.choice('hidden_act', ACTIVATIONS, 'silu'),
    normEpsilon: config.number('rms_norm_eps', 1e-6),
    isTied: config.flag('tie_word_embeddings', false),
    attentionBias: { inputs: hasAttentionBias, output: hasAttentionBias },
    hasMlpBias: config.flag('mlp_bias', false),
    positions: () => ({ rope, window: undefined }),
    dropout: { attention: config.number('attention_dropout', 0) },
  })
}
