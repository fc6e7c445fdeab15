import { ACTIVATIONS } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { describeDecoder } from '../describe-decoder.ts'
import type { ModelDescription } from '../description.ts'
import { readRope } from '../read-rope.ts'
import { readSizes } from '../sizes.ts'
import type { Architecture } from './architecture.ts'

/** Phi-3, Phi-3.5 and Phi-4: Llama with fused projections, and longrope for the long ones. */
export const phi3: Architecture = { modelType: 'phi3', className: 'Phi3ForCausalLM', describe }

function describe(config: ConfigReader): ModelDescription {
  const sizes = readSizes(config, {
    vocabularySize: 32_064,
    hiddenSize: 3072,
    intermediateSize: 8192,
    layerCount: 32,
    headCount: 32,
    keyValueHeadCount: undefined,
    headSize: undefined,
    maxPositions: 4096,
    paddingId: 32_000,
  })
  const rope = readRope(config, sizes, {
    theta: 10_000,
    originalLength: 4096,
    olderNames: { su: 'longrope', yarn: 'longrope' },
  })
  const window = config.optionalCount('sliding_window')
  return describeDecoder(sizes, {
    architecture: 'phi3',
    activation: config.choice('hidden_act', ACTIVATIONS, 'silu'),
    normEpsilon: config.number('rms_norm_eps', 1e-5),
    isTied: config.flag('tie_word_embeddings', false),
    isFused: true,
    positions: () => ({ rope, window }),
    dropout: {
      // `embd_pdrop` is read by transformers but not applied.
      residual: config.number('resid_pdrop', 0),
      attention: config.number('attention_dropout', 0),
    },
  })
}
