import { readFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'
import { LosslineError } from '../../error.ts'
import type { JsonObject } from '../../json/index.ts'
import { toOnnx } from '../graph/index.ts'
import {
  buildGenerationGraph,
  buildTrainingGraph,
  type GraphPurpose,
  listWeights,
  type ModelDescription,
  OUTCOMES,
  parseModelConfig,
  resolveWeights,
  type TrainingGraphOptions,
  toTrainingFeeds,
} from '../model/index.ts'
import type { TokenModel } from '../token-model.ts'
import type { LossOptions, TargetOutcomes, TrainableModel, TrainBatch } from '../trainable-model.ts'
import { type Quantization, readTensor, readTensorIndex, type TensorIndex } from '../weights/index.ts'
import { GraphWorker } from './graph-worker.ts'
import { MovedParameter } from './moved-parameter.ts'
import type { Device } from './onnx-runtime.ts'
import { toOutcomes } from './outcomes.ts'
import { type Trained, toParameters } from './parameters.ts'
import { addHead, partHead } from './part-head.ts'
import { type QuantizedBase, quantizeBase } from './quantized-base.ts'
import { TokenReader } from './token-reader.ts'
import { openWeightFiles } from './weight-files.ts'

const CONFIG_FILE = 'config.json'

export interface TrainableModelOptions {
  readonly trained: Trained
  /** Keeps only each layer's input for the backward pass: about a third more time, a quarter of the memory. */
  readonly gradientCheckpointing?: boolean
  readonly loss?: LossOptions
  /** α of NEFTune: noise on the embeddings in training; none by default. */
  readonly neftuneNoiseAlpha?: number
  /** Holds the linear layers of the base in 4 or 8 bits while adapters are trained on them. */
  readonly quantization?: Quantization
  readonly device?: Device
  readonly threads?: number
}

/** A model that generates too, with the numbers that its parameters have at the moment. */
export interface OpenedModel extends TrainableModel {
  /** Numbers in all its weights, adapters left out. */
  readonly parameterCount: number
  openReader(): Promise<TokenModel>
}

/**
 * Opens the model of a folder (config.json, model.safetensors or its shards) for training.
 *
 * Weights that are not trained stay in their files and are mapped into memory; the parameters and their gradients are float32.
 *
 * @throws LosslineError of config.json and of the weights; `train/no-runtime` without onnxruntime-node
 */
export async function openTrainableModel(
  folder: string,
  options: TrainableModelOptions,
): Promise<OpenedModel> {
  const trainable = await openWorkerModel(folder, options, false)
  try {
    await trainable.load('train')
  } catch (error) {
    await trainable.close()
    throw error
  }
  return trainable
}

/**
 * The same for a model that only generates. Weights of 16 and fewer bits are widened once, and not for each token, where the memory is there
 * for it.
 *
 * @throws LosslineError as {@link openTrainableModel}
 */
export function openGeneratingModel(folder: string, options: TrainableModelOptions): Promise<OpenedModel> {
  return openWorkerModel(folder, options, true)
}

async function openWorkerModel(
  folder: string,
  options: TrainableModelOptions,
  onlyGenerates: boolean,
): Promise<WorkerModel> {
  const described = parseModelConfig(readConfig(folder), join(folder, CONFIG_FILE))
  const model = partHead(described, options.trained)
  const stored = resolveWeights(described, readTensorIndex(folder), folder)
  const base = await openBase(addHead(described, stored), model, options)
  try {
    const isWidened = onlyGenerates && WIDE_BYTES * countParameters(model) < findFreeBytes()
    return openOn(base, model, { ...options, isWidened })
  } catch (error) {
    base.remove()
    throw error
  }
}

async function openBase(
  weights: TensorIndex,
  model: ModelDescription,
  { trained, quantization }: TrainableModelOptions,
): Promise<QuantizedBase> {
  if (quantization !== undefined) return quantizeBase(weights, model, { quantization, trained })
  return { files: openWeightFiles(weights), remove: () => {} }
}

function openOn(
  { files, remove }: QuantizedBase,
  model: ModelDescription,
  options: TrainableModelOptions & { readonly isWidened: boolean },
): WorkerModel {
  const { device = 'cpu', threads, isWidened, gradientCheckpointing: isCheckpointed = false } = options
  const read = (name: string, into: Float32Array): void => void readTensor(files.entryOf(name), into)
  const { parameters, ...graphParts } = toParameters(model, options.trained, {
    read,
    make: shape => new MovedParameter(shape),
  })
  const { loss = { type: 'nll', labelSmoothing: 0 }, neftuneNoiseAlpha = 0 } = options
  const isHeadWhole = device === 'webgpu'
  const { stored } = files
  const graphOptions = { ...graphParts, stored, isCheckpointed, loss, neftuneNoiseAlpha, isHeadWhole }
  const worker = new GraphWorker({ device, threads, isWidened, folder: files.folder, parameters })
  return new WorkerModel({ model, parameters, graphOptions, worker, removeBase: remove })
}

/** The widened weight, and as much again while it is made. */
const WIDE_BYTES = 8

function countParameters(model: ModelDescription): number {
  const sizes = listWeights(model).map(({ shape }) => shape.reduce((size, dim) => size * dim, 1))
  return sizes.reduce((sum, size) => sum + size, 0)
}

function findFreeBytes(): number {
  // Node has it from 20.13 on.
  return process.availableMemory?.() ?? freemem()
}

interface WorkerModelParts {
  readonly model: ModelDescription
  readonly parameters: readonly MovedParameter[]
  readonly graphOptions: TrainingGraphOptions
  readonly worker: GraphWorker
  readonly removeBase: () => void
}

class WorkerModel implements OpenedModel {
  readonly parameters: readonly MovedParameter[]
  readonly #parts: WorkerModelParts
  readonly #sessions: Map<GraphPurpose, Promise<number>> = new Map()
  #reader: Promise<number> | undefined

  constructor(parts: WorkerModelParts) {
    this.parameters = parts.parameters
    this.#parts = parts
  }

  get parameterCount(): number {
    return countParameters(this.#parts.model)
  }

  accumulate(batch: TrainBatch, normaliser: number): Promise<TargetOutcomes> {
    return this.#run('train', batch, normaliser)
  }

  evaluate(batch: TrainBatch): Promise<TargetOutcomes> {
    return this.#run('evaluate', batch, 1)
  }

  async openReader(): Promise<TokenModel> {
    const { model, graphOptions, worker } = this.#parts
    this.#reader ??= worker.load(toOnnx(buildGenerationGraph(model, graphOptions)))
    return new TokenReader(worker, await this.#reader, model)
  }

  zeroGradients(): void {
    for (const parameter of this.parameters) parameter.dropGradient()
  }

  async close(): Promise<void> {
    await this.#parts.worker.close()
    this.#parts.removeBase()
  }

  /** Builds the graph for a purpose and opens its session, once. */
  load(purpose: GraphPurpose): Promise<number> {
    const { model, graphOptions, worker } = this.#parts
    const known = this.#sessions.get(purpose)
    if (known !== undefined) return known
    const session = worker.load(toOnnx(buildTrainingGraph(model, graphOptions, purpose)))
    this.#sessions.set(purpose, session)
    return session
  }

  async #run(purpose: GraphPurpose, batch: TrainBatch, normaliser: number): Promise<TargetOutcomes> {
    // Nothing to be learnt, and no kernel that likes matrices of no rows.
    if (batch.targets.length === 0) return toOutcomes()
    const { model, worker, graphOptions } = this.#parts
    const { neftuneNoiseAlpha } = graphOptions
    const feeds = toTrainingFeeds(model, batch, { normaliser, neftuneNoiseAlpha })
    const outputs = await worker.run(await this.load(purpose), feeds, { withGradients: purpose === 'train' })
    return toOutcomes(outputs[OUTCOMES])
  }
}

/**
 * The config.json of a model's folder.
 *
 * @throws LosslineError `train/config`
 */
export function readConfig(folder: string): JsonObject {
  const file = join(folder, CONFIG_FILE)
  let cause: unknown
  let what = 'holds no JSON object'
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  } catch (error) {
    cause = error
    what = error instanceof SyntaxError ? 'holds no JSON' : 'is not there or not readable'
  }
  throw new LosslineError('train/config', what, { where: file, fix: 'Name the folder of a model.', cause })
}
