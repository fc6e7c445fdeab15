import { ACTIVATIONS } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { describeDecoder } from '../describe-decoder.ts'
import type { ModelDescription } from '../description.ts'
import { readRope } from '../read-rope.ts'
import { readSizes } from '../sizes.ts'
import type { Architecture } from './architecture.ts'

/** Mistral: every layer sees a window, unless config.json says `"sliding_window": null`. */
export const mistral: Architecture = { modelType: 'mistral', className: 'MistralForCausalLM', describe }

function describe(config: ConfigReader): ModelDescription {
  const sizes = readSizes(config, {
    vocabularySize: 32_000,
    hiddenSize: 4096,
    intermediateSize: 14_336,
    layerCount: 32,
    headCount: 32,
    keyValueHeadCount: 8,
    headSize: undefined,
    maxPositions: 131_072,
    paddingId: undefined,
  })
  const rope = readRope(config, sizes, { theta: 10_000 })
  const window = config.optionalCount('sliding_window', 4096)
  return describeDecoder(sizes, {
    architecture: 'mistral',
    activation: config.choice('hidden_act', ACTIVATIONS, 'silu'),
    normEpsilon: config.number('rms_norm_eps', 1e-6),
    isTied: config.flag('tie_word_embeddings', false),
    positions: () => ({ rope, window }),
    dropout: { attention: config.number('attention_dropout', 0) },
  })
}
