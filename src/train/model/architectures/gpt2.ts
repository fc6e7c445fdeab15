import type { Activation } from '../../graph/index.ts'
import { ACTIVATIONS } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import type { Attention, Layer, Linear, ModelDescription, Norm } from '../description.ts'
import type { Architecture } from './architecture.ts'

/** GPT-2: layer norms, learnt positions, biases everywhere, weights stored [in, out]. */
export const gpt2: Architecture = { modelType: 'gpt2', className: 'GPT2LMHeadModel', describe }

interface Gpt2 {
  readonly hiddenSize: number
  readonly innerSize: number
  readonly headCount: number
  readonly epsilon: number
  readonly activation: Activation
  /** Of attention's scores in layer `index`. */
  readonly scaleOf: (index: number) => number
}

function describe(config: ConfigReader): ModelDescription {
  const sizes = readGpt2(config)
  const { hiddenSize } = sizes
  const vocabularySize = config.count('vocab_size', 50_257)
  const maxPositions = config.count('n_positions', 1024)
  const layerCount = config.count('n_layer', 12)
  const tied = config.flag('tie_word_embeddings', true)
  const embedding = { size: hiddenSize, scale: 1, paddingId: undefined }
  return {
    architecture: 'gpt2',
    vocabularySize,
    hiddenSize,
    maxPositions,
    tokenEmbedding: { module: 'transformer.wte', count: vocabularySize, ...embedding },
    positionEmbedding: { module: 'transformer.wpe', count: maxPositions, ...embedding },
    layers: Array.from({ length: layerCount }, (_, index) => describeLayer(sizes, index)),
    finalNorm: toNorm(sizes, 'transformer.ln_f'),
    head: { module: tied ? 'transformer.wte' : 'lm_head', tied, softCap: undefined },
    dropout: {
      embedding: config.number('embd_pdrop', 0.1),
      residual: config.number('resid_pdrop', 0.1),
      attention: config.number('attn_pdrop', 0.1),
    },
    basePrefix: 'transformer.',
  }
}

function readGpt2(config: ConfigReader): Gpt2 {
  config.mustBe('add_cross_attention', false)
  const hiddenSize = config.count('n_embd', 768)
  const headCount = config.count('n_head', 12)
  if (hiddenSize % headCount !== 0) {
    throw config.contradiction('n_embd', `is ${hiddenSize}, which n_head, ${headCount}, does not divide`)
  }
  const isScaled = config.flag('scale_attn_weights', true)
  const isScaledByLayer = config.flag('scale_attn_by_inverse_layer_idx', false)
  const scale = isScaled ? (hiddenSize / headCount) ** -0.5 : 1
  return {
    hiddenSize,
    innerSize: config.optionalCount('n_inner') ?? 4 * hiddenSize,
    headCount,
    epsilon: config.number('layer_norm_epsilon', 1e-5),
    activation: config.choice('activation_function', ACTIVATIONS, 'gelu_new'),
    scaleOf: index => (isScaledByLayer ? scale / (index + 1) : scale),
  }
}

function describeLayer(sizes: Gpt2, index: number): Layer {
  const { hiddenSize, innerSize, activation } = sizes
  const layer = `transformer.h.${index}`
  return {
    attention: describeAttention(sizes, index),
    mlp: {
      kind: 'plain',
      up: toConv1D(`${layer}.mlp.c_fc`, hiddenSize, innerSize),
      down: toConv1D(`${layer}.mlp.c_proj`, innerSize, hiddenSize),
      activation,
    },
    attentionPreNorm: toNorm(sizes, `${layer}.ln_1`),
    attentionPostNorm: undefined,
    mlpPreNorm: toNorm(sizes, `${layer}.ln_2`),
    mlpPostNorm: undefined,
  }
}

function describeAttention(sizes: Gpt2, index: number): Attention {
  const { hiddenSize, headCount } = sizes
  const module = `transformer.h.${index}.attn`
  return {
    headCount,
    keyValueHeadCount: headCount,
    headSize: hiddenSize / headCount,
    scale: sizes.scaleOf(index),
    softCap: undefined,
    window: undefined,
    rope: undefined,
    queryNorm: undefined,
    keyNorm: undefined,
    inputs: { kind: 'fused', queryKeyValue: toConv1D(`${module}.c_attn`, hiddenSize, 3 * hiddenSize) },
    output: toConv1D(`${module}.c_proj`, hiddenSize, hiddenSize),
  }
}

/** transformers' Conv1D: a linear layer whose weight is stored transposed. */
function toConv1D(module: string, inSize: number, outSize: number): Linear {
  return { module, inSize, outSize, hasBias: true, layout: 'in-out' }
}

function toNorm({ hiddenSize, epsilon }: Gpt2, module: string): Norm {
  return { kind: 'layer', module, size: hiddenSize, epsilon }
}
