import {
  add,
  type Dtype,
  Graph,
  gatherRows,
  gradients,
  mul,
  type NoiseSource,
  type QuantizedWeight,
  type Tensor,
  toNoiseNumbers,
  uniformNoise,
  type WeightSource,
} from '../graph/index.ts'
import type { LossOptions, TrainBatch } from '../trainable-model.ts'
import { type LoraTensors, projectAdapted } from './adapted-project.ts'
import { buildLayers, type DecoderParts } from './decoder.ts'
import { checkTokens, declareDecoderInputs, type Feed, toBlockedFeeds } from './decoder-inputs.ts'
import type { ModelDescription } from './description.ts'
import { buildHeadLoss, toHeadFeeds } from './head-loss.ts'

/** A low-rank adapter of one linear layer. */
export interface LoraModule {
  /** The layer: `model.layers.0.self_attn.q_proj`. */
  readonly module: string
  /** The names of its trained parts: A [rank, in], B [out, rank], and for DoRA the magnitude [out]. */
  readonly down: GraphParameter
  readonly up: GraphParameter
  readonly magnitude?: GraphParameter | undefined
  readonly scaling: number
  readonly dropout: number
}

/** A weight that is an input of the graph. */
export interface GraphParameter {
  readonly name: string
  readonly shape: readonly number[]
}

/** A weight as it is stored. */
export type StoredWeight = PlainWeight | (QuantizedWeight & { readonly kind: 'quantized' })

interface PlainWeight {
  readonly kind: 'plain'
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly source: WeightSource
}

export interface TrainingGraphOptions {
  /** What is trained of the model's own weights, by the names of checkpoints, each with the name of its parameter. */
  readonly weights: ReadonlyMap<string, GraphParameter>
  readonly adapters: readonly LoraModule[]
  /** The weights that are not trained. */
  readonly stored: (name: string) => StoredWeight
  /** Whether each layer keeps its input alone for the backward pass. */
  readonly isCheckpointed: boolean
  readonly loss: LossOptions
  /** α of NEFTune: noise of up to α / √(tokens of the sequence · hidden size) is added to embeddings in training; 0: none. */
  readonly neftuneNoiseAlpha: number
  /** Computes the head of all targets at once, in more memory: pieces may be empty, and ONNX Runtime's WebGPU does not sum over nothing. */
  readonly isHeadWhole?: boolean
}

/** What is said of each target: the columns of `OUTCOME_COLUMNS`. */
export const OUTCOMES = 'outcomes'

/** What a run of the graph is for: outcomes of the targets alone, or the parameters' gradients with them. */
export type GraphPurpose = 'train' | 'evaluate'

/** The output {@link OUTCOMES}, [targets, 4], and to train also the gradient of each parameter by {@link gradientName}. */
export function buildTrainingGraph(
  model: ModelDescription,
  options: TrainingGraphOptions,
  purpose: GraphPurpose,
): Graph {
  const { graph, parameters, parts } = startGraph(model, options, purpose === 'train')
  const ids = (name: string): Tensor => graph.input(name, 'int64', ['targets'])
  const rows = gatherRows(buildLayers(model, parts), ids('target_positions'))
  const { total, outcomes } = buildHeadLoss(rows, {
    model,
    parts,
    targets: ids('targets'),
    weights: graph.input('target_weights', 'float32', ['targets']),
    loss: options.loss,
    isWhole: options.isHeadWhole === true || options.weights.has(`${model.head.module}.weight`),
  })
  graph.output(OUTCOMES, outcomes)
  if (purpose === 'train') addGradients(graph, total, parameters)
  return graph
}

/** A graph with a model's inputs and weights, of which nothing is computed yet. */
export function startGraph(
  model: ModelDescription,
  options: TrainingGraphOptions,
  isNoisy: boolean,
): {
  readonly graph: Graph
  readonly parameters: ReadonlyMap<string, Tensor>
  readonly parts: DecoderParts
} {
  const graph = new Graph()
  const parameters = declareParameters(graph, options)
  const noise = isNoisy ? { numbers: graph.input('noise', 'int64', ['tokens', 2]) } : undefined
  return { graph, parameters, parts: toParts({ graph, model, options, parameters, noise }) }
}

/** The output of the graph that is the gradient of a parameter. */
export function gradientName(parameter: string): string {
  return `gradient of ${parameter}`
}

/**
 * Numbers for the graph's inputs, parameters left out; the total is Σ weight · loss ÷ `normaliser`.
 *
 * @throws LosslineError `model/token-id`, `model/too-long`
 */
export function toTrainingFeeds(
  model: ModelDescription,
  batch: TrainBatch,
  { normaliser, neftuneNoiseAlpha }: { readonly normaliser: number; readonly neftuneNoiseAlpha: number },
): Record<string, Feed> {
  const { targetPositions, targets, targetWeights } = batch
  checkTokens(model, targets)
  const shape = [targets.length]
  const feeds = toBlockedFeeds(model, batch)
  // As many as the batch is filled to.
  const tokens = feeds['input_ids']!.shape[0]!
  return {
    ...feeds,
    ...toHeadFeeds(targets.length),
    noise: { data: toNoiseNumbers(batch.noiseSeed ?? 0, tokens), shape: [tokens, 2] },
    noise_magnitude: {
      data: toMagnitudes(feeds['sequence_ids']!, neftuneNoiseAlpha / Math.sqrt(model.hiddenSize)),
      shape: [tokens, 1],
    },
    target_positions: { data: BigInt64Array.from(targetPositions, BigInt), shape },
    targets: { data: BigInt64Array.from(targets, BigInt), shape },
    target_weights: { data: targetWeights.map(weight => weight / normaliser), shape },
  }
}

/** All that is trained, in the order of `weights` and `adapters`. */
export function listParameters({
  weights,
  adapters,
}: Pick<TrainingGraphOptions, 'weights' | 'adapters'>): GraphParameter[] {
  const ofAdapters = adapters.flatMap(({ down, up, magnitude }) =>
    magnitude === undefined ? [down, up] : [down, up, magnitude],
  )
  return [...weights.values(), ...ofAdapters]
}

function declareParameters(graph: Graph, options: TrainingGraphOptions): Map<string, Tensor> {
  return new Map(
    listParameters(options).map(({ name, shape }) => [name, graph.input(name, 'float32', shape)]),
  )
}

interface PartsSource {
  readonly graph: Graph
  readonly model: ModelDescription
  readonly options: TrainingGraphOptions
  readonly parameters: ReadonlyMap<string, Tensor>
  readonly noise: NoiseSource | undefined
}

function toParts({ graph, model, options, parameters, noise }: PartsSource): DecoderParts {
  const { neftuneNoiseAlpha: neftune } = options
  const stored = new Map<string, Tensor>()
  const weight = (name: string): Tensor => {
    const trained = options.weights.get(name)
    if (trained !== undefined) return parameters.get(trained.name)!
    const known = stored.get(name)
    if (known !== undefined) return known
    const tensor = declareStored(graph, name, options.stored(name))
    stored.set(name, tensor)
    return tensor
  }
  const adapters = new Map(options.adapters.map(adapter => [adapter.module, toTensors(adapter, parameters)]))
  return {
    graph,
    inputs: declareDecoderInputs(graph, model),
    weight,
    project: projectAdapted({ weightOf: weight, adapterOf: module => adapters.get(module), noise }),
    noise,
    ...(noise !== undefined && neftune > 0 && { addNoise: toNoiseAdder(graph, noise) }),
    isCheckpointed: options.isCheckpointed,
  }
}

/** NEFTune: uniform noise, for each token of a magnitude that comes with the batch. */
function toNoiseAdder(graph: Graph, noise: NoiseSource): (rows: Tensor) => Tensor {
  const magnitude = graph.input('noise_magnitude', 'float32', ['tokens', 1])
  return rows => add(rows, mul(uniformNoise(rows, 1, { noise, site: 'embeddings' }), magnitude))
}

/** α / √(tokens of the sequence · hidden size) of each token, which is as much of it as TRL's hook adds to that sequence alone. */
function toMagnitudes(sequenceIds: Feed, scale: number): Float32Array {
  const ids = sequenceIds.data as BigInt64Array
  const lengths = new Map<bigint, number>()
  for (const id of ids) lengths.set(id, (lengths.get(id) ?? 0) + 1)
  return Float32Array.from(ids, id => scale / Math.sqrt(lengths.get(id)!))
}

function declareStored(graph: Graph, name: string, weight: StoredWeight): Tensor {
  if (weight.kind === 'quantized') return graph.quantizedWeight(name, weight)
  const { dtype, shape, source } = weight
  return graph.weight(name, dtype, shape, source)
}

function toTensors(adapter: LoraModule, parameters: ReadonlyMap<string, Tensor>): LoraTensors {
  const { down, up, magnitude, scaling, dropout } = adapter
  return {
    down: parameters.get(down.name)!,
    up: parameters.get(up.name)!,
    magnitude: magnitude && parameters.get(magnitude.name),
    scaling,
    dropout,
  }
}

function addGradients(graph: Graph, loss: Tensor, parameters: ReadonlyMap<string, Tensor>): void {
  const seed = graph.constant(Float32Array.of(1), [1, 1])
  const found = gradients(graph, new Map([[loss, seed]]), [...parameters.values()])
  for (const [i, name] of [...parameters.keys()].entries()) {
    const gradient = found[i]
    if (gradient !== undefined) graph.output(gradientName(name), gradient)
  }
}
