import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LosslineError } from '../../error.ts'
import type { JsonObject } from '../../json/index.ts'
import { toOnnx } from '../graph/index.ts'
import {
  buildTrainingGraph,
  type GraphParameter,
  type GraphPurpose,
  type LoraModule,
  listWeights,
  type ModelDescription,
  parseModelConfig,
  type TrainingGraphOptions,
  toTrainingFeeds,
} from '../model/index.ts'
import type { Parameter, TargetOutcomes, TrainableModel, TrainBatch } from '../trainable-model.ts'
import { readTensor, readTensorIndex } from '../weights/index.ts'
import { GraphWorker } from './graph-worker.ts'
import type { Device } from './onnx-runtime.ts'
import { openWeightFiles, type WeightFiles } from './weight-files.ts'

/** An adapter with the numbers that it starts from. */
export interface TrainedAdapter extends Omit<LoraModule, 'down' | 'up' | 'magnitude'> {
  readonly down: InitialParameter
  readonly up: InitialParameter
  readonly magnitude?: InitialParameter
}

export interface InitialParameter {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** What of a model is trained. */
export type Trained =
  | { readonly kind: 'all' }
  | {
      readonly kind: 'adapters'
      readonly adapters: readonly TrainedAdapter[]
      /** Weights of the model that are trained whole (`modules_to_save`), each with the name of its parameter. */
      readonly weights?: ReadonlyMap<string, string>
    }

export interface TrainableModelOptions {
  readonly trained: Trained
  /** Keeps only each layer's input for the backward pass: about a third more time, a quarter of the memory. */
  readonly gradientCheckpointing?: boolean
  readonly device?: Device
  readonly threads?: number
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
): Promise<TrainableModel> {
  const model = parseModelConfig(readConfig(folder))
  const files = openWeightFiles(readTensorIndex(folder), model, folder)
  const { parameters, graphOptions } = toParameters(model, files, options)
  const { device = 'cpu', threads } = options
  const worker = new GraphWorker({ device, threads, folder: files.folder, parameters })
  const trainable = new WorkerModel({ model, parameters, graphOptions, worker })
  try {
    await trainable.load('train')
  } catch (error) {
    await trainable.close()
    throw error
  }
  return trainable
}

interface WorkerModelParts {
  readonly model: ModelDescription
  readonly parameters: readonly Parameter[]
  readonly graphOptions: TrainingGraphOptions
  readonly worker: GraphWorker
}

class WorkerModel implements TrainableModel {
  readonly parameters: readonly Parameter[]
  readonly #parts: WorkerModelParts
  readonly #sessions: Map<GraphPurpose, Promise<number>> = new Map()

  constructor(parts: WorkerModelParts) {
    this.parameters = parts.parameters
    this.#parts = parts
  }

  accumulate(batch: TrainBatch, normaliser: number): Promise<TargetOutcomes> {
    return this.#run('train', batch, normaliser)
  }

  evaluate(batch: TrainBatch): Promise<TargetOutcomes> {
    return this.#run('evaluate', batch, 1)
  }

  zeroGradients(): void {
    for (const { gradient } of this.parameters) gradient.fill(0)
  }

  async close(): Promise<void> {
    await this.#parts.worker.close()
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
    if (batch.targets.length === 0) return toOutcomes({})
    const { model, worker } = this.#parts
    return toOutcomes(await worker.run(await this.load(purpose), toTrainingFeeds(model, batch, normaliser)))
  }
}

function toOutcomes(outputs: Readonly<Record<string, Float32Array>>): TargetOutcomes {
  const { nll = new Float32Array(), entropy = new Float32Array(), correct = new Float32Array() } = outputs
  return { nll, entropy, correct: Uint8Array.from(correct) }
}

function readConfig(folder: string): JsonObject {
  const file = join(folder, 'config.json')
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JsonObject
  } catch (cause) {
    const what = cause instanceof SyntaxError ? 'holds no JSON' : 'is not there or not readable'
    throw new LosslineError('train/config', what, { where: file, fix: 'Name the folder of a model.', cause })
  }
}

function toParameters(
  model: ModelDescription,
  files: WeightFiles,
  { trained, gradientCheckpointing: isCheckpointed = false }: TrainableModelOptions,
): { parameters: Parameter[]; graphOptions: TrainingGraphOptions } {
  const listed = new Map(listWeights(model).map(weight => [weight.name, weight]))
  const names =
    trained.kind === 'all' ? new Map([...listed.keys()].map(name => [name, name])) : trained.weights
  const weights = new Map<string, GraphParameter>()
  const parameters: Parameter[] = []
  for (const [name, parameterName] of names ?? []) {
    const weight = listed.get(name)
    if (weight === undefined) throw noSuchWeight(name, model)
    const { shape, role } = weight
    const parameter = share({ name: parameterName, shape }, role !== 'norm' && role !== 'bias')
    readTensor(files.entryOf(name), parameter.data)
    weights.set(name, { name: parameterName, shape })
    parameters.push(parameter)
  }
  const adapters = trained.kind === 'all' ? [] : trained.adapters
  for (const { down, up, magnitude } of adapters) {
    for (const part of [down, up, magnitude]) {
      if (part === undefined) continue
      const parameter = share(part, true)
      parameter.data.set(part.data)
      parameters.push(parameter)
    }
  }
  return { parameters, graphOptions: { weights, adapters, stored: files.stored, isCheckpointed } }
}

/** A parameter whose arrays another thread sees too. */
function share({ name, shape }: GraphParameter, decays: boolean): Parameter {
  const length = shape.reduce((product, dim) => product * dim, 1)
  const make = (): Float32Array => new Float32Array(new SharedArrayBuffer(4 * length))
  return { name, shape, data: make(), gradient: make(), decays }
}

function noSuchWeight(name: string, { architecture }: ModelDescription): LosslineError {
  const fix = 'Name modules of the model in {modules_to_save}.'
  return new LosslineError('train/no-such-weight', `the model (${architecture}) has no weight ${name}`, {
    fix,
  })
}
