import { ACTIVATIONS } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { describeDecoder } from '../describe-decoder.ts'
import type { ModelDescription } from '../description.ts'
import { readLayerTypes } from '../layer-types.ts'
import { readRope } from '../read-rope.ts'
import { readSizes } from '../sizes.ts'
import type { Architecture } from './architecture.ts'
import { toGemmaScale } from './gemma.ts'

/** Gemma 2: Gemma with norms after each block, every other layer local, and soft caps on scores and logits. */
export const gemma2: Architecture = { modelType: 'gemma2', className: 'Gemma2ForCausalLM', describe }

function describe(config: ConfigReader): ModelDescription {
  const sizes = readSizes(config, {
    vocabularySize: 256_000,
    hiddenSize: 2304,
    intermediateSize: 9216,
    layerCount: 26,
    headCount: 8,
    keyValueHeadCount: 4,
    headSize: 256,
    maxPositions: 8192,
    paddingId: 0,
  })
  const hasAttentionBias = config.flag('attention_bias', false)
  const rope = readRope(config, sizes, { theta: 10_000 })
  const window = config.optionalCount('sliding_window', 4096)
  const types = readLayerTypes(config, sizes.layerCount, index => index % 2 === 0)
  return describeDecoder(sizes, {
    architecture: 'gemma2',
    activation: config.choice('hidden_activation', ACTIVATIONS, 'gelu_pytorch_tanh'),
    normEpsilon: config.number('rms_norm_eps', 1e-6),
    normOffset: 1,
    hasPostNorms: true,
    isTied: config.flag('tie_word_embeddings', true),
    embeddingScale: toGemmaScale(sizes.hiddenSize),
    scale: config.number('query_pre_attn_scalar', 256) ** -0.5,
    attentionSoftCap: config.optionalNumber('attn_logit_softcapping', 50),
    logitSoftCap: config.optionalNumber('final_logit_softcapping', 30),
    attentionBias: { inputs: hasAttentionBias, output: hasAttentionBias },
    positions: index => ({ rope, window: types[index] === 'sliding_attention' ? window : undefined }),
    dropout: { attention: config.number('attention_dropout', 0) },
  })
}
