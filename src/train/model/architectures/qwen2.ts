import { ACTIVATIONS } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { describeDecoder } from '../describe-decoder.ts'
import type { ModelDescription } from '../description.ts'
import { readLayerTypes } from '../layer-types.ts'
import { readRope } from '../read-rope.ts'
import { readSizes } from '../sizes.ts'
import type { Architecture } from './architecture.ts'

/** Qwen 2 and 2.5: Llama with biases on queries, keys and values. */
export const qwen2: Architecture = { modelType: 'qwen2', className: 'Qwen2ForCausalLM', describe }

function describe(config: ConfigReader): ModelDescription {
  const sizes = readSizes(config, {
    vocabularySize: 151_936,
    hiddenSize: 4096,
    intermediateSize: 22_016,
    layerCount: 32,
    headCount: 32,
    keyValueHeadCount: 32,
    headSize: undefined,
    maxPositions: 32_768,
    paddingId: undefined,
  })
  const rope = readRope(config, sizes, { theta: 10_000 })
  const windows = readQwenWindows(config, sizes.layerCount)
  return describeDecoder(sizes, {
    architecture: 'qwen2',
    activation: config.choice('hidden_act', ACTIVATIONS, 'silu'),
    normEpsilon: config.number('rms_norm_eps', 1e-6),
    isTied: config.flag('tie_word_embeddings', false),
    attentionBias: { inputs: true, output: false },
    positions: index => ({ rope, window: windows[index] }),
    dropout: { attention: config.number('attention_dropout', 0) },
  })
}

/** Each layer's window: the layers from `max_window_layers` on have one, if `use_sliding_window` says so. */
export function readQwenWindows(config: ConfigReader, layerCount: number): (number | undefined)[] {
  const isUsed = config.flag('use_sliding_window', false)
  const window = isUsed ? config.optionalCount('sliding_window', 4096) : undefined
  const firstSliding = config.number('max_window_layers', 28)
  const types = readLayerTypes(config, layerCount, index => window !== undefined && index >= firstSliding)
  return types.map(type => (type === 'sliding_attention' ? window : undefined))
}
