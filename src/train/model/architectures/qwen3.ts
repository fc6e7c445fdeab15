import { ACTIVATIONS } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { describeDecoder } from '../describe-decoder.ts'
import type { ModelDescription } from '../description.ts'
import { readRope } from '../read-rope.ts'
import { readSizes } from '../sizes.ts'
import type { Architecture } from './architecture.ts'
import { readQwenWindows } from './qwen2.ts'

/** Qwen 3, dense: no biases, and a norm over each head of queries and keys. */
export const qwen3: Architecture = { modelType: 'qwen3', className: 'Qwen3ForCausalLM', describe }

function describe(config: ConfigReader): ModelDescription {
  const sizes = readSizes(config, {
    vocabularySize: 151_936,
    hiddenSize: 4096,
    intermediateSize: 22_016,
    layerCount: 32,
    headCount: 32,
    keyValueHeadCount: 32,
    headSize: 128,
    maxPositions: 32_768,
    paddingId: undefined,
  })
  const hasAttentionBias = config.flag('attention_bias', false)
  const rope = readRope(config, sizes, { theta: 10_000 })
  const windows = readQwenWindows(config, sizes.layerCount)
  return describeDecoder(sizes, {
    architecture: 'qwen3',
    activation: config.choice('hidden_act', ACTIVATIONS, 'silu'),
    normEpsilon: config.number('rms_norm_eps', 1e-6),
    isTied: config.flag('tie_word_embeddings', false),
    attentionBias: { inputs: hasAttentionBias, output: hasAttentionBias },
    hasHeadNorms: true,
    positions: index => ({ rope, window: windows[index] }),
    dropout: { attention: config.number('attention_dropout', 0) },
  })
}
