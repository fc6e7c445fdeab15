import type { InferenceSession } from 'onnxruntime-web/webgpu'
import { LosslineError } from '../../error.ts'
import type { JsonObject } from '../../json/index.ts'
import { initialiseAdapter, listModules, resolveLora, toLoraConfig } from '../../train/adapter/index.ts'
import { toOnnx } from '../../train/graph/index.ts'
import {
  buildTrainingGraph,
  gradientName,
  type ModelDescription,
  OUTCOMES,
  parseModelConfig,
  type StoredWeight,
  toTrainingFeeds,
} from '../../train/model/index.ts'
import {
  makeParameter,
  type Trained,
  type TrainedAdapter,
  toOutcomes,
  toParameters,
} from '../../train/runtime/index.ts'
import type { Parameter, TargetOutcomes, TrainableModel, TrainBatch } from '../../train/trainable-model.ts'
import { copyTensor, listTensors, type TensorEntry } from '../../train/weights/index.ts'
import { openSession, type PageDevice, toTensor } from './session.ts'

export interface PageModelOptions {
  /** config.json, parsed. */
  readonly config: JsonObject
  /** model.safetensors. */
  readonly weights: Uint8Array
  readonly trained: 'lora' | 'all'
  readonly device: PageDevice
}

const WEIGHTS = 'model.safetensors'

/**
 * Opens a model that is in memory for training in a page, with ONNX Runtime's build for browsers.
 *
 * @throws LosslineError of config.json and of the weights
 */
export async function openPageModel(options: PageModelOptions): Promise<TrainableModel> {
  const { weights, config, device } = options
  const model = parseModelConfig(config)
  const entries = new Map(listTensors(weights, WEIGHTS).map(entry => [entry.name, entry]))
  const entryOf = (name: string): TensorEntry => findEntry(entries, name, model)
  const read = (name: string, into: Float32Array): void => copyTensor(weights, entryOf(name), into)
  const trained: Trained =
    options.trained === 'all' ? { kind: 'all' } : toAdapters(model, config, entryOf, read)
  const source = { read, make: makeParameter }
  const { parameters, ...parts } = toParameters(model, trained, source)
  const { stored, files } = placeWeights(weights, entryOf)
  const loss = { type: 'nll', labelSmoothing: 0 } as const
  const settings = { isCheckpointed: false, loss, neftuneNoiseAlpha: 0, isHeadWhole: device === 'webgpu' }
  const graphOptions = { ...parts, stored, ...settings }
  const graph = buildTrainingGraph(model, graphOptions, 'train')
  const session = await openSession(toOnnx(graph), device, files)
  return new PageModel(model, parameters, session)
}

class PageModel implements TrainableModel {
  readonly parameters: readonly Parameter[]
  readonly #model: ModelDescription
  readonly #session: InferenceSession

  constructor(model: ModelDescription, parameters: readonly Parameter[], session: InferenceSession) {
    this.#model = model
    this.parameters = parameters
    this.#session = session
  }

  async accumulate(batch: TrainBatch, normaliser: number): Promise<TargetOutcomes> {
    if (batch.targets.length === 0) return toOutcomes()
    const feeds = toTrainingFeeds(this.#model, batch, { normaliser, neftuneNoiseAlpha: 0 })
    const known = new Map(this.parameters.map(parameter => [parameter.name, parameter]))
    const inputs = this.#session.inputNames.map(name => {
      const { data, shape } = feeds[name] ?? known.get(name)!
      return [name, toTensor({ data, shape })] as const
    })
    const outputs = await this.#session.run(Object.fromEntries(inputs))
    for (const { name, gradient } of this.parameters) {
      const part = outputs[gradientName(name)]?.data as Float32Array | undefined
      for (let i = 0; i < (part?.length ?? 0); i++) gradient[i]! += part![i]!
    }
    return toOutcomes(outputs[OUTCOMES]?.data as Float32Array)
  }

  /** As training's outcomes: a page has neither dropout nor noise. Its gradients are left as they were. */
  async evaluate(batch: TrainBatch): Promise<TargetOutcomes> {
    const before = this.parameters.map(({ gradient }) => gradient.slice())
    const outcomes = await this.accumulate(batch, 1)
    for (const [p, { gradient }] of this.parameters.entries()) gradient.set(before[p]!)
    return outcomes
  }

  zeroGradients(): void {
    for (const { gradient } of this.parameters) gradient.fill(0)
  }

  async close(): Promise<void> {
    await this.#session.release()
  }
}

/** LoRA as the page offers it: r = 16, alpha = 32, all linear layers. */
function toAdapters(
  model: ModelDescription,
  config: JsonObject,
  entryOf: (name: string) => TensorEntry,
  read: (name: string, into: Float32Array) => void,
): Trained {
  const lora = toLoraConfig({ r: 16, loraAlpha: 32, targetModules: 'all-linear' })
  const plan = resolveLora(lora, listModules(model), String(config['model_type']))
  const readBase = (name: string): Float32Array => {
    const into = new Float32Array(countOf(entryOf(name)))
    read(name, into)
    return into
  }
  const tensors = initialiseAdapter(plan, lora, { seed: 42, readBase })
  // Two tensors a target, A and B, in the order of the targets.
  const adapters = plan.targets.map(({ module, scaling }, t): TrainedAdapter => {
    const [down, up] = [tensors[2 * t]!, tensors[2 * t + 1]!]
    const toInitial = ({ name, shape, values }: typeof down) => ({ name, shape, data: values })
    return { module, scaling, dropout: 0, down: toInitial(down), up: toInitial(up) }
  })
  return { kind: 'adapters', adapters }
}

function findEntry(
  entries: ReadonlyMap<string, TensorEntry>,
  name: string,
  { basePrefix }: ModelDescription,
): TensorEntry {
  const short = name.startsWith(basePrefix) ? name.slice(basePrefix.length) : name
  const entry = entries.get(name) ?? entries.get(short)
  if (entry !== undefined) return entry
  const what = `has no tensor ${name}, which config.json asks for`
  throw new LosslineError('train/missing-weight', what, {
    where: WEIGHTS,
    fix: 'Drop the whole model folder.',
  })
}

/**
 * The weights that are not trained, as float32, and the files that a session finds them in: the model's own, and one for each weight of 16
 * bits. WebAssembly has no cast from BF16, and a GPU without 16-bit numbers none from F16.
 */
function placeWeights(
  weights: Uint8Array,
  entryOf: (name: string) => TensorEntry,
): { stored: (name: string) => StoredWeight; files: { path: string; data: Uint8Array }[] } {
  const files = [{ path: WEIGHTS, data: weights }]
  const stored = (name: string): StoredWeight => {
    const entry = entryOf(name)
    const { shape, dtype, startByte } = entry
    const toWeight = (file: string, offset: number): StoredWeight => {
      const source = { kind: 'file', file, offset, byteLength: 4 * countOf(entry) } as const
      return { kind: 'plain', dtype: 'float32', shape, source }
    }
    if (dtype === 'F32') return toWeight(WEIGHTS, startByte)
    const wide = new Float32Array(countOf(entry))
    copyTensor(weights, entry, wide)
    files.push({ path: name, data: new Uint8Array(wide.buffer) })
    return toWeight(name, 0)
  }
  return { stored, files }
}

function countOf({ shape }: TensorEntry): number {
  return shape.reduce((product, size) => product * size, 1)
}
