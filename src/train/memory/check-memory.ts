import { freemem } from 'node:os'
import { LosslineError } from '../../error.ts'
import { listModules, readBase, resolveLora, toLoraConfig, toLoraModules } from '../adapter/index.ts'
import type { TensorEntry } from '../weights/index.ts'
import { estimateMemory, type MemoryEstimate, type PlannedTraining } from './estimate-memory.ts'

export type MemoryOptions = Omit<PlannedTraining, 'model' | 'dtypeOf'>

/**
 * Estimates what training the model of a folder will take, before anything of it is loaded.
 *
 * @param freeBytes what the machine has to give
 * @throws LosslineError `train/memory` where that is less, with what would fit
 */
export function checkMemory(
  folder: string,
  options: MemoryOptions,
  freeBytes: number = findFreeBytes(),
): MemoryEstimate {
  const { model, weights } = readBase(folder)
  const training: PlannedTraining = { ...options, model, dtypeOf: name => toDtype(weights.get(name)!) }
  const estimate = estimateMemory(training)
  if (estimate.total > freeBytes) throw tooLarge(training, estimate, freeBytes)
  return estimate
}

/** Memory that this process can still get: what is free or can be freed, under the limit of its container. */
function findFreeBytes(): number {
  // Node has it from 20.13 on.
  return process.availableMemory?.() ?? freemem()
}

function toDtype({ dtype }: TensorEntry): 'float32' | 'float16' | 'bfloat16' {
  if (dtype === 'F32') return 'float32'
  return dtype === 'F16' ? 'float16' : 'bfloat16'
}

/** A change that takes less memory, and the options that make it. */
interface Change {
  readonly words: string
  readonly apply: (training: PlannedTraining) => PlannedTraining
}

const CHECKPOINTING: Change = {
  words: '{gradient_checkpointing}',
  apply: training => ({ ...training, gradientCheckpointing: true }),
}
const ADAPTER: Change = { words: 'LoRA ({use_peft})', apply: toAdapterTraining }
const FOUR_BITS: Change = {
  words: '{load_in_4bit}',
  apply: training => ({ ...training, quantization: { bits: 4, blockSize: 64 } }),
}
const HALF: Change = {
  words: 'half the {max_length} or {per_device_train_batch_size}',
  apply: training => ({
    ...training,
    tokens: Math.ceil(training.tokens / 2),
    targets: Math.ceil(training.targets / 2),
    longestSequence: Math.min(training.longestSequence, Math.ceil(training.tokens / 2)),
  }),
}

function tooLarge(training: PlannedTraining, estimate: MemoryEstimate, freeBytes: number): LosslineError {
  const { weights, parameters, activations, runtime, total } = estimate
  const parts = `weights ${toText(weights)}, parameters with their gradients and optimizer ${toText(parameters)}, activations of ${training.tokens.toLocaleString('en')} tokens ${toText(activations)}, runtime ${toText(runtime)}`
  const what = `training takes about ${toText(total)} (${parts}), and ${toText(freeBytes)} are free`
  return new LosslineError('train/memory', what, { fix: findFix(training, freeBytes) })
}

/** The smallest changes that make it fit: all single ones that do, else the first of those together that does. */
function findFix(training: PlannedTraining, freeBytes: number): string {
  const totalOf = (changes: readonly Change[]): number =>
    estimateMemory(changes.reduce((changed, { apply }) => apply(changed), training)).total
  const isFull = training.trained.kind === 'all'
  const single = [
    ...(training.gradientCheckpointing ? [] : [CHECKPOINTING]),
    ...(isFull ? [ADAPTER] : []),
    ...(isFull || training.quantization !== undefined ? [] : [FOUR_BITS]),
    HALF,
  ]
  const describe = (changes: readonly Change[], total: number): string =>
    `${changes.map(({ words }) => words).join(' and ')} (${toText(total)})`
  const fitting = single.flatMap(change => {
    const total = totalOf([change])
    return total <= freeBytes ? [describe([change], total)] : []
  })
  if (fitting.length > 0) return `It would fit with ${fitting.join(', or with ')}.`
  const rest = [...single.filter(change => change !== HALF), ...(isFull ? [FOUR_BITS] : [])]
  const together = [rest.slice(0, 2), rest, [...rest, HALF], [...rest, HALF, HALF]]
  for (const changes of together.filter(({ length }) => length > 1)) {
    const total = totalOf(changes)
    if (total <= freeBytes) return `It would fit with ${describe([...new Set(changes)], total)}.`
  }
  return 'Take a smaller model, or a machine with more memory.'
}

/** An adapter of the usual size on all linear layers, instead of all weights. */
function toAdapterTraining(training: PlannedTraining): PlannedTraining {
  const { model } = training
  const config = toLoraConfig({ r: 16, targetModules: 'all-linear' })
  const plan = resolveLora(config, listModules(model), model.architecture)
  return { ...training, trained: { kind: 'adapters', adapters: toLoraModules(plan, config) } }
}

function toText(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
