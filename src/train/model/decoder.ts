import {
  add,
  cast,
  checkpoint,
  equal,
  type Graph,
  gatherRows,
  mul,
  type NoiseSource,
  not,
  reshape,
  type Tensor,
} from '../graph/index.ts'
import { attend, type MixValues } from './attention.ts'
import type { DecoderInputs } from './decoder-inputs.ts'
import type { Dropout, Embedding, Layer, Linear, ModelDescription } from './description.ts'
import { drop } from './drop.ts'
import { buildMlp } from './mlp.ts'
import { normalize } from './norm.ts'
import { capSoftly } from './soft-cap.ts'

/** What a decoder is built from, beside its description. */
export interface DecoderParts {
  readonly graph: Graph
  readonly inputs: DecoderInputs
  /** A weight by its name, in the element type that it is stored in. */
  readonly weight: (name: string) => Tensor
  /** [tokens, inSize] → [tokens, outSize]; what trains adapters or quantizes weights gives its own. */
  readonly project: (x: Tensor, linear: Linear) => Tensor
  /** Instead of attention in blocks: for generating with the keys and values of tokens that were read before. */
  readonly mix?: MixValues
  /** What dropout draws from; undefined: nothing is dropped. */
  readonly noise?: NoiseSource | undefined
  /** NEFTune: adds its noise to what the tokens' embedding gives. */
  readonly addNoise?: (rows: Tensor) => Tensor
  /** Whether each layer keeps only its input for the backward pass. */
  readonly isCheckpointed: boolean
}

/** The residual stream behind the last layer, before the final norm: float32 [tokens, hiddenSize]. */
export function buildLayers(model: ModelDescription, parts: DecoderParts): Tensor {
  let x = embed(model, parts)
  for (const layer of model.layers) {
    const input = x
    const build = (): Tensor => buildLayer(input, layer, model.dropout, parts)
    x = parts.isCheckpointed ? checkpoint(parts.graph, build) : build()
  }
  return x
}

/** Logits [rows, vocabularySize] of rows of the residual stream. */
export function buildLogits(x: Tensor, model: ModelDescription, parts: DecoderParts): Tensor {
  const { head, finalNorm, hiddenSize, vocabularySize } = model
  const logits = parts.project(normalize(x, finalNorm, parts.weight), {
    module: head.module,
    inSize: hiddenSize,
    outSize: vocabularySize,
    hasBias: false,
    layout: 'out-in',
  })
  return capSoftly(logits, head.softCap)
}

function embed(model: ModelDescription, parts: DecoderParts): Tensor {
  const { inputs, weight, noise } = parts
  const look = ({ module, paddingId }: Embedding, ids: Tensor): Tensor => {
    const picked = gatherRows(weight(`${module}.weight`), ids)
    const trained = paddingId === undefined ? picked : holdBack(picked, not(equal(ids, paddingId)))
    // Rows are cast after they are picked: the table is large.
    return cast(trained, 'float32')
  }
  const { addNoise = rows => rows } = parts
  const { scale, scalesInside = false } = model.tokenEmbedding
  const rows = look(model.tokenEmbedding, inputs.inputIds)
  const toScale = (x: Tensor): Tensor => (scale === 1 ? x : mul(x, scale))
  const tokens = scalesInside ? addNoise(toScale(rows)) : toScale(addNoise(rows))
  const { positionEmbedding, dropout } = model
  const x =
    positionEmbedding === undefined ? tokens : add(tokens, look(positionEmbedding, inputs.positionIds))
  return drop(x, dropout.embedding, `output of ${model.tokenEmbedding.module}`, noise)
}

/** `rows` [n, size] as they are, with a gradient where `isTrained` [n] alone. */
function holdBack(rows: Tensor, isTrained: Tensor): Tensor {
  const { graph } = rows
  const y = graph.node('Identity', [rows], rows)
  return graph.record([rows], y, dy => [mul(dy, cast(reshape(isTrained, ['tokens', 1]), dy.dtype))])
}

function buildLayer(x: Tensor, layer: Layer, dropout: Dropout, parts: DecoderParts): Tensor {
  const { weight, noise } = parts
  const { attention, attentionPreNorm, attentionPostNorm, mlp, mlpPreNorm, mlpPostNorm } = layer
  const attended = attend(normalize(x, attentionPreNorm, weight), attention, dropout, parts)
  const noticed = attentionPostNorm ? normalize(attended, attentionPostNorm, weight) : attended
  const middle = add(x, drop(noticed, dropout.residual, `output of ${attention.output.module}`, noise))
  const computed = buildMlp(normalize(middle, mlpPreNorm, weight), mlp, parts.project)
  const thought = mlpPostNorm ? normalize(computed, mlpPostNorm, weight) : computed
  return add(middle, drop(thought, dropout.residual, `output of ${mlp.down.module}`, noise))
}
