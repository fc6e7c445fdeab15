import { ACTIVATIONS } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { describeDecoder } from '../describe-decoder.ts'
import type { ModelDescription } from '../description.ts'
import { readLayerTypes } from '../layer-types.ts'
import { readRope } from '../read-rope.ts'
import { readSizes } from '../sizes.ts'
import type { Architecture } from './architecture.ts'

/** SmolLM 3: Llama whose every fourth layer rotates nothing. */
export const smollm3: Architecture = { modelType: 'smollm3', className: 'SmolLM3ForCausalLM', describe }

function describe(config: ConfigReader): ModelDescription {
  const sizes = readSizes(config, {
    vocabularySize: 128_256,
    hiddenSize: 2048,
    intermediateSize: 11_008,
    layerCount: 36,
    headCount: 16,
    keyValueHeadCount: 4,
    headSize: undefined,
    maxPositions: 32_768,
    paddingId: 128_004,
  })
  const hasAttentionBias = config.flag('attention_bias', false)
  const rope = readRope(config, sizes, { theta: 2_000_000 })
  const rotates = readRotatingLayers(config, sizes.layerCount)
  const window = config.flag('use_sliding_window', false) ? config.optionalCount('sliding_window') : undefined
  const types = readLayerTypes(config, sizes.layerCount, index => window !== undefined && !rotates[index])
  return describeDecoder(sizes, {
    architecture: 'smollm3',
    activation: config.choice('hidden_act', ACTIVATIONS, 'silu'),
    normEpsilon: config.number('rms_norm_eps', 1e-6),
    isTied: config.flag('tie_word_embeddings', true),
    attentionBias: { inputs: hasAttentionBias, output: hasAttentionBias },
    hasMlpBias: config.flag('mlp_bias', false),
    positions: index => ({
      rope: rotates[index] ? rope : undefined,
      window: types[index] === 'sliding_attention' ? window : undefined,
    }),
    dropout: { attention: config.number('attention_dropout', 0) },
  })
}

/** `no_rope_layers` has 1 for a layer that rotates, against its name; without it every n-th does not. */
function readRotatingLayers(config: ConfigReader, layerCount: number): boolean[] {
  const interval = config.count('no_rope_layer_interval', 4)
  if (!config.has('no_rope_layers')) {
    return Array.from({ length: layerCount }, (_, index) => (index + 1) % interval !== 0)
  }
  const layers = config.numbers('no_rope_layers')
  if (layers.length === layerCount) return layers.map(layer => layer !== 0)
  const what = `has ${layers.length} entries; expected ${layerCount}, one for each of num_hidden_layers`
  throw config.contradiction('no_rope_layers', what)
}
