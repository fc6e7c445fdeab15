import type { Activation } from '../graph/index.ts'
import type {
  Attention,
  AttentionInputs,
  Dropout,
  Layer,
  Linear,
  Mlp,
  ModelDescription,
  Norm,
} from './description.ts'
import type { Rope } from './rope.ts'
import type { Sizes } from './sizes.ts'

/** In what an architecture with Llama's names of weights differs from Llama; an absent trait is Llama's. */
export interface DecoderTraits {
  readonly architecture: string
  readonly activation: Activation
  readonly normEpsilon: number
  readonly isTied: boolean
  /** Where layer `index` looks and how it tells positions. */
  readonly positions: (index: number) => {
    readonly rope: Rope | undefined
    readonly window: number | undefined
  }
  /** 1 where the weights of norms are stored less 1. */
  readonly normOffset?: 0 | 1
  /** Whether what attention and MLP return is normed too. */
  readonly hasPostNorms?: boolean
  /** Whether each head of queries and keys is normed. */
  readonly hasHeadNorms?: boolean
  readonly attentionBias?: { readonly inputs: boolean; readonly output: boolean }
  readonly hasMlpBias?: boolean
  /** Whether queries, keys and values are one projection, and the MLP's gate and up another. */
  readonly isFused?: boolean
  readonly embeddingScale?: number
  readonly embeddingScalesInside?: boolean
  /** Of attention's scores; Llama's is 1/√headSize. */
  readonly scale?: number
  readonly attentionSoftCap?: number | undefined
  readonly logitSoftCap?: number | undefined
  readonly dropout?: Partial<Dropout>
}

/** A decoder of RMS norms, rotated attention and a gated MLP, whose weights are named as Llama's are. */
export function describeDecoder(sizes: Sizes, traits: DecoderTraits): ModelDescription {
  const { vocabularySize, hiddenSize, maxPositions, layerCount } = sizes
  return {
    architecture: traits.architecture,
    vocabularySize,
    hiddenSize,
    maxPositions,
    tokenEmbedding: {
      module: 'model.embed_tokens',
      count: vocabularySize,
      size: hiddenSize,
      scale: traits.embeddingScale ?? 1,
      scalesInside: traits.embeddingScalesInside ?? false,
      paddingId: sizes.paddingId,
    },
    positionEmbedding: undefined,
    layers: Array.from({ length: layerCount }, (_, index) => describeLayer(sizes, traits, index)),
    finalNorm: toNorm(traits, 'model.norm', hiddenSize),
    head: {
      module: traits.isTied ? 'model.embed_tokens' : 'lm_head',
      tied: traits.isTied,
      softCap: traits.logitSoftCap,
    },
    dropout: { embedding: 0, residual: 0, attention: 0, ...traits.dropout },
    basePrefix: 'model.',
  }
}

function describeLayer(sizes: Sizes, traits: DecoderTraits, index: number): Layer {
  const layer = `model.layers.${index}`
  const norm = (name: string): Norm => toNorm(traits, `${layer}.${name}`, sizes.hiddenSize)
  const blocks = {
    attention: describeAttention(sizes, traits, index),
    mlp: describeMlp(sizes, traits, `${layer}.mlp`),
    attentionPreNorm: norm('input_layernorm'),
  }
  // Llama's `post_attention_layernorm` comes after attention but norms what goes into the MLP; Gemma 2's does what it says.
  return traits.hasPostNorms
    ? {
        ...blocks,
        attentionPostNorm: norm('post_attention_layernorm'),
        mlpPreNorm: norm('pre_feedforward_layernorm'),
        mlpPostNorm: norm('post_feedforward_layernorm'),
      }
    : {
        ...blocks,
        attentionPostNorm: undefined,
        mlpPreNorm: norm('post_attention_layernorm'),
        mlpPostNorm: undefined,
      }
}

function describeAttention(sizes: Sizes, traits: DecoderTraits, index: number): Attention {
  const { headCount, keyValueHeadCount, headSize, hiddenSize } = sizes
  const module = `model.layers.${index}.self_attn`
  const headNorm = (name: string): Norm | undefined =>
    traits.hasHeadNorms ? toNorm(traits, `${module}.${name}`, headSize) : undefined
  const output = toLinear(`${module}.o_proj`, headCount * headSize, hiddenSize)
  return {
    headCount,
    keyValueHeadCount,
    headSize,
    scale: traits.scale ?? headSize ** -0.5,
    softCap: traits.attentionSoftCap,
    ...traits.positions(index),
    queryNorm: headNorm('q_norm'),
    keyNorm: headNorm('k_norm'),
    inputs: describeInputs(sizes, traits, module),
    output: { ...output, hasBias: traits.attentionBias?.output ?? false },
  }
}

function describeInputs(sizes: Sizes, traits: DecoderTraits, module: string): AttentionInputs {
  const { headCount, keyValueHeadCount, headSize, hiddenSize } = sizes
  const hasBias = traits.attentionBias?.inputs ?? false
  const project = (name: string, heads: number): Linear => ({
    ...toLinear(`${module}.${name}`, hiddenSize, heads * headSize),
    hasBias,
  })
  if (traits.isFused) {
    return { kind: 'fused', queryKeyValue: project('qkv_proj', headCount + 2 * keyValueHeadCount) }
  }
  return {
    kind: 'split',
    query: project('q_proj', headCount),
    key: project('k_proj', keyValueHeadCount),
    value: project('v_proj', keyValueHeadCount),
  }
}

function describeMlp(sizes: Sizes, traits: DecoderTraits, module: string): Mlp {
  const { hiddenSize, intermediateSize } = sizes
  const { activation, hasMlpBias: hasBias = false } = traits
  const down = { ...toLinear(`${module}.down_proj`, intermediateSize, hiddenSize), hasBias }
  if (traits.isFused) {
    const gateUp = { ...toLinear(`${module}.gate_up_proj`, hiddenSize, 2 * intermediateSize), hasBias }
    return { kind: 'gated-fused', gateUp, down, activation }
  }
  const gate = { ...toLinear(`${module}.gate_proj`, hiddenSize, intermediateSize), hasBias }
  const up = { ...toLinear(`${module}.up_proj`, hiddenSize, intermediateSize), hasBias }
  return { kind: 'gated', gate, up, down, activation }
}

function toLinear(module: string, inSize: number, outSize: number): Linear {
  return { module, inSize, outSize, hasBias: false, layout: 'out-in' }
}

function toNorm(traits: DecoderTraits, module: string, size: number): Norm {
  return { kind: 'rms', module, size, epsilon: traits.normEpsilon, weightOffset: traits.normOffset ?? 0 }
}
