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
  /** Row of the tokens' embedding that is not trained as an input; undefined: none. */
  readonly paddingId: number | undefined
}

/** What transformers takes where config.json leaves a key out; undefined: derived from the others. */
export interface SizeDefaults extends Omit<Sizes, 'keyValueHeadCount' | 'headSize'> {
  /** undefined: as many as heads. */
  readonly keyValueHeadCount: number | undefined
  /** undefined: hiddenSize / headCount. */
  readonly headSize: number | undefined
}

/**
 * The sizes in config.json, or transformers' defaults.
 *
 * @throws LosslineError `model/config` for sizes that contradict each other: heads that key and value heads do not divide
 */
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
  const vocabularySize = config.count('vocab_size', defaults.vocabularySize)
  return {
    vocabularySize,
    hiddenSize,
    intermediateSize: config.count('intermediate_size', defaults.intermediateSize),
    layerCount: config.count('num_hidden_layers', defaults.layerCount),
    headCount,
    keyValueHeadCount,
    headSize,
    maxPositions: config.count('max_position_embeddings', defaults.maxPositions),
    paddingId: readPaddingId(config, vocabularySize, defaults.paddingId),
  }
}

/** `pad_token_id` is the `padding_idx` of PyTorch's Embedding, which counts from the end where it is below 0. */
function readPaddingId(config: ConfigReader, rows: number, fallback: number | undefined): number | undefined {
  const id = config.optionalInteger('pad_token_id', fallback)
  if (id === undefined) return undefined
  if (id < -rows || id >= rows) {
    throw config.contradiction('pad_token_id', `is ${id}, and vocab_size is ${rows}`)
  }
  return id < 0 ? id + rows : id
}
