import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LosslineError } from '../../error.ts'
import type { JsonObject } from '../../json/index.ts'
import { type ModelDescription, parseModelConfig, resolveWeights } from '../model/index.ts'
import type { InitialParameter, Trained } from '../runtime/index.ts'
import { readTensor, readTensorIndex, type TensorEntry, type TensorIndex } from '../weights/index.ts'
import { readAdapterFolder } from './adapter-folder.ts'
import { fitAdapter } from './fit-adapter.ts'
import { type AdapterTensor, initialiseAdapter } from './initialise.ts'
import type { LoraConfig } from './lora-config.ts'
import { toLoraModules } from './lora-modules.ts'
import { HEAD_MODULE, listModules } from './modules-of-model.ts'
import { type LoraPlan, resolveLora } from './resolve.ts'
import { toSavedName } from './tensor-names.ts'

/** An adapter on a model: what it is made of, with its numbers. */
export interface LaidAdapter {
  readonly config: LoraConfig
  readonly plan: LoraPlan
  readonly tensors: readonly AdapterTensor[]
}

/** A base model whose weights have not been read. */
export interface Base {
  /** config.json as it is written. */
  readonly configText: string
  readonly model: ModelDescription
  readonly index: TensorIndex
  /** By the names that the model gives its weights. */
  readonly weights: ReadonlyMap<string, TensorEntry>
}

/** @throws LosslineError `adapter/no-config`, and those of config.json and of the weights */
export function readBase(folder: string): Base {
  const file = join(folder, 'config.json')
  let configText: string
  let config: JsonObject
  try {
    configText = readFileSync(file, 'utf8')
    config = JSON.parse(configText) as JsonObject
  } catch (cause) {
    const fix = 'Name the folder of the base model, with its config.json.'
    throw new LosslineError('adapter/no-config', "can't be read as JSON", { where: file, fix, cause })
  }
  const model = parseModelConfig(config, file)
  const index = readTensorIndex(folder)
  return { configText, model, index, weights: resolveWeights(model, index, folder) }
}

/**
 * A new adapter for the model of a folder; the same seed gives the same numbers.
 *
 * @throws LosslineError `adapter/no-targets`, `adapter/not-linear`, `adapter/pattern`, and those of the base
 */
export function layAdapter(baseFolder: string, config: LoraConfig, seed: number): LaidAdapter {
  const { model, weights } = readBase(baseFolder)
  const plan = resolveLora(config, listModules(model), model.architecture)
  const embedding = `${model.tokenEmbedding.module}.weight`
  const entryOf = (name: string) => weights.get(model.head.tied && isHead(name) ? embedding : name)!
  return {
    config,
    plan,
    tensors: initialiseAdapter(plan, config, { seed, readBase: name => readTensor(entryOf(name)) }),
  }
}

/** An adapter that was trained before. @throws LosslineError `adapter/other-base`, and those of reading it and the base */
export function layTrainedAdapter(baseFolder: string, adapterFolder: string): LaidAdapter {
  const { model } = readBase(baseFolder)
  const adapter = readAdapterFolder(adapterFolder)
  return { config: adapter.config, ...fitAdapter(adapter, listModules(model), model.architecture) }
}

/** The same as `openTrainableModel` takes it; parameters have PEFT's names. */
export function toTrained({ config, plan, tensors }: LaidAdapter): Trained {
  const byName = new Map(tensors.map(tensor => [tensor.name, tensor]))
  const part = (name: string): InitialParameter => {
    const { shape, values } = byName.get(name)!
    return { name, shape, data: values }
  }
  const adapters = toLoraModules(plan, config).map(({ down, up, magnitude, ...module }) => ({
    ...module,
    down: part(down.name),
    up: part(up.name),
    ...(magnitude && { magnitude: part(magnitude.name) }),
  }))
  const weights = new Map(plan.saved.map(({ name }) => [name, part(toSavedName(name))]))
  return { kind: 'adapters', adapters, weights, keepsHeadTied: config.ensureWeightTying }
}

function isHead(name: string): boolean {
  return name === `${HEAD_MODULE}.weight`
}
