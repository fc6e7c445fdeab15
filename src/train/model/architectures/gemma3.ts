import { ACTIVATIONS } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { describeDecoder } from '../describe-decoder.ts'
import type { ModelDescription } from '../description.ts'
import { readLayerTypes } from '../layer-types.ts'
import { readRope } from '../read-rope.ts'
import type { Rope } from '../rope.ts'
import { readSizes, type Sizes } from '../sizes.ts'
import type { Architecture } from './architecture.ts'
import { toGemmaScale } from './gemma.ts'

/** Gemma 3, the models of text alone: local layers have a rope of their own, heads are normed, scores have no soft cap. */
export const gemma3: Architecture = { modelType: 'gemma3_text', className: 'Gemma3ForCausalLM', describe }

function describe(config: ConfigReader): ModelDescription {
  const sizes = readSizes(config, {
    vocabularySize: 262_208,
    hiddenSize: 2304,
    intermediateSize: 9216,
    layerCount: 26,
    headCount: 8,
    keyValueHeadCount: 4,
    headSize: 256,
    maxPositions: 131_072,
    paddingId: 0,
  })
  config.mustBe('use_bidirectional_attention', false)
  const hasAttentionBias = config.flag('attention_bias', false)
  return describeDecoder(sizes, {
    architecture: 'gemma3_text',
    activation: config.choice('hidden_activation', ACTIVATIONS, 'gelu_pytorch_tanh'),
    normEpsilon: config.number('rms_norm_eps', 1e-6),
    normOffset: 1,
    hasPostNorms: true,
    hasHeadNorms: true,
    isTied: config.flag('tie_word_embeddings', true),
    embeddingScale: toGemmaScale(sizes.hiddenSize),
    embeddingScalesInside: true,
    scale: config.number('query_pre_attn_scalar', 256) ** -0.5,
    // transformers reads `attn_logit_softcapping` here too, but does not apply it.
    logitSoftCap: config.optionalNumber('final_logit_softcapping'),
    attentionBias: { inputs: hasAttentionBias, output: hasAttentionBias },
    positions: readPositions(config, sizes),
    dropout: { attention: config.number('attention_dropout', 0) },
  })
}

function readPositions(
  config: ConfigReader,
  sizes: Sizes,
): (index: number) => { rope: Rope; window: number | undefined } {
  const period = config.count('sliding_window_pattern', 6)
  const types = readLayerTypes(config, sizes.layerCount, index => (index + 1) % period !== 0)
  const window = config.optionalCount('sliding_window', 4096)
  const global = readRope(config, sizes, { theta: 1_000_000 }, 'full_attention')
  const localTheta = config.number('rope_local_base_freq', 10_000)
  const local = config.optionalObject('rope_parameters')?.has('sliding_attention')
    ? readRope(config, sizes, { theta: localTheta }, 'sliding_attention')
    : { size: global.size, theta: localTheta, scaling: { kind: 'default' as const } }
  return index =>
    types[index] === 'sliding_attention' ? { rope: local, window } : { rope: global, window: undefined }
}
