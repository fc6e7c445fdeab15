import type { ConfigReader } from './config-reader.ts'

/** What every architecture but GPT-2 calls by the same keys of config.json. */
export interface Sizes {
  readonly vocabularySize: number
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly layerCount: number
  readonly headCount: number
  readonly keyValueHeadCount: number
  readonly headSize: number
  readonly maxPositions: number
}

/** What transformers takes where config.json leaves a key out; undefined: derived from the others. */
export interface SizeDefaults extends Omit<Sizes, 'keyValueHeadCount' | 'headSize'> {
  /** undefined: as many as heads. */
  readonly keyValueHeadCount: number | undefined
  /** undefined: hiddenSize / headCount. */
  readonly headSize: number | undefined
}

export function readSizes(config: ConfigReader, defaults: SizeDefaults): Sizes {
  const hiddenSize = config.count('hidden_size', defaults.hiddenSize)
  const headCount = config.count('num_attention_heads', defaults.headCount)
  const keyValueHeadCount =
    config.optionalCount('num_key_value_heads', defaults.keyValueHeadCount) ?? headCount
  if (headCount % keyValueHeadCount !== 0) {
    const what = `is ${keyValueHeadCount}, which does not divide num_attention_heads, ${headCount}`
    throw config.contradiction('num_key_value_heads', what)
  }
  const headSize = config.optionalCount('head_dim', defaults.headSize) ?? hiddenSize / headCount
  if (!Number.isInteger(headSize)) {
    const what = `is ${hiddenSize}, which num_attention_heads, ${headCount}, does not divide`
    throw config.contradiction('hidden_size', what)
  }
  return {
    vocabularySize: config.count('vocab_size', defaults.vocabularySize),
    hiddenSize,
    intermediateSize: config.count('intermediate_size', defaults.intermediateSize),
    layerCount: config.count('num_hidden_layers', defaults.layerCount),
    headCount,
    keyValueHeadCount,
    headSize,
    maxPositions: config.count('max_position_embeddings', defaults.maxPositions),
  }
}
