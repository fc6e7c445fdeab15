import { LosslineError } from '../../error.ts'
import { type NewTensor, readTensor, readTensorBytes, type TensorEntry } from '../weights/index.ts'
import type { FittedAdapter } from './fit-adapter.ts'
import type { Base } from './laid-adapter.ts'
import type { LoraConfig } from './lora-config.ts'
import { addUpdate, rowNorms, scaleRows } from './low-rank.ts'
import { HEAD_MODULE } from './modules-of-model.ts'
import type { LoraTarget } from './resolve.ts'
import { toLoraName, toSavedName } from './tensor-names.ts'

/** A checkpoint with an adapter merged into it; each tensor is computed when it is asked for. */
export interface MergedTensors {
  /** By the names of the checkpoint, in its order. */
  readonly tensors: ReadonlyMap<string, NewTensor>
  /** Given where a head that was tied to the embedding now differs from it: its own weight, as the last of `tensors`. */
  readonly untiedHead: string | undefined
}

const HEAD = `${HEAD_MODULE}.weight`

/**
 * W + scaling · B A for each adapted weight, with DoRA m · (W + scaling · B A) / ‖W + scaling · B A‖ by rows, and the saved modules in place
 * of the base's; all in float32, then rounded to the base's dtype, as PEFT's `merge_and_unload`. A tied head that is adapted apart from its
 * embedding (or the other way round) gets a weight of its own, where PEFT changes both.
 */
export function mergeTensors(
  { index, weights, model }: Base,
  { plan, tensors }: FittedAdapter,
  config: LoraConfig,
): MergedTensors {
  const embedding = `${model.tokenEmbedding.module}.weight`
  const { tied } = model.head
  const baseOf = (name: string) => weights.get(tied && name === HEAD ? embedding : name)!
  const parts = new Map(tensors.map(({ name, values }) => [name, values]))
  const changes = new Map<string, () => Float32Array>()
  for (const target of plan.targets) {
    const name = `${target.module}.weight`
    changes.set(name, () => mergeWeight(readTensor(baseOf(name)), target, parts, config.useDora))
  }
  for (const { name } of plan.saved) changes.set(name, () => parts.get(toSavedName(name))!)

  const merged = new Map(Array.from(index, ([name, entry]) => [name, toNewTensor(entry, undefined)]))
  for (const [name, change] of changes) {
    if (tied && name === HEAD) continue
    const entry = baseOf(name)
    merged.set(entry.name, toNewTensor(entry, change))
  }
  const isOneChange = changes.has(embedding) && config.ensureWeightTying && !changes.has(HEAD)
  const staysTied = isOneChange || !(changes.has(HEAD) || changes.has(embedding))
  if (!tied || staysTied) return { tensors: merged, untiedHead: undefined }
  // Last, whether or not the checkpoint holds a head that isn't used.
  merged.delete(HEAD)
  merged.set(HEAD, { ...toNewTensor(baseOf(HEAD), changes.get(HEAD)), name: HEAD })
  return { tensors: merged, untiedHead: HEAD }
}

function toNewTensor(entry: TensorEntry, change: (() => Float32Array) | undefined): NewTensor {
  const { name, dtype, shape, file } = entry
  if (change === undefined) return { name, dtype, shape, values: () => readTensorBytes(entry) }
  const values = () => {
    const merged = change()
    if (merged.every(Number.isFinite)) return merged
    const what = 'is not finite once the adapter is merged: the training that made it has diverged'
    const fix = 'Merge an earlier checkpoint.'
    throw new LosslineError('adapter/not-finite', what, { where: `${file} ${name}`, fix })
  }
  return { name, dtype, shape, values }
}

function mergeWeight(
  weight: Float32Array,
  { module, rank, scaling, fanInFanOut, outFeatures }: LoraTarget,
  parts: ReadonlyMap<string, Float32Array>,
  useDora: boolean,
): Float32Array {
  const a = parts.get(toLoraName(module, 'lora_A'))!
  const b = parts.get(toLoraName(module, 'lora_B'))!
  addUpdate(weight, { a, b, rank, scaling }, fanInFanOut)
  if (!useDora) return weight
  const magnitudes = parts.get(toLoraName(module, 'lora_magnitude_vector'))!
  const norms = rowNorms(weight, outFeatures, fanInFanOut)
  const factors = Float64Array.from(magnitudes, (magnitude, i) => magnitude / norms[i]!)
  scaleRows(weight, factors, fanInFanOut)
  return weight
}
