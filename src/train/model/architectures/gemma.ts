import { ACTIVATIONS } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { describeDecoder } from '../describe-decoder.ts'
import type { ModelDescription } from '../description.ts'
import { readRope } from '../read-rope.ts'
import { readSizes } from '../sizes.ts'
import type { Architecture } from './architecture.ts'

/** Gemma 1: scaled embeddings, norms stored less 1, a tied head. */
export const gemma: Architecture = { modelType: 'gemma', className: 'GemmaForCausalLM', describe }

function describe(config: ConfigReader): ModelDescription {
  const sizes = readSizes(config, {
    vocabularySize: 256_000,
    hiddenSize: 3072,
    intermediateSize: 24_576,
    layerCount: 28,
    headCount: 16,
    keyValueHeadCount: 16,
    headSize: 256,
    maxPositions: 8192,
    paddingId: 0,
  })
  const hasAttentionBias = config.flag('attention_bias', false)
  const rope = readRope(config, sizes, { theta: 10_000 })
  return describeDecoder(sizes, {
    architecture: 'gemma',
    activation: config.choice('hidden_act', ACTIVATIONS, 'gelu_pytorch_tanh'),
    normEpsilon: config.number('rms_norm_eps', 1e-6),
    normOffset: 1,
    isTied: config.flag('tie_word_embeddings', true),
    embeddingScale: toGemmaScale(sizes.hiddenSize),
    attentionBias: { inputs: hasAttentionBias, output: hasAttentionBias },
    positions: () => ({ rope, window: undefined }),
    dropout: { attention: config.number('attention_dropout', 0) },
  })
}

/**
 * √hiddenSize as transformers multiplies by it: rounded to the type of the activations, which is fp32 here whatever the weights
 * are stored in. (A model that runs in bf16 has it rounded to bf16.)
 */
export function toGemmaScale(hiddenSize: number): number {
  return Math.fround(Math.sqrt(hiddenSize))
}
