import type { LoraConfig } from './lora-config.ts'
import { addUpdate, rowNorms } from './low-rank.ts'
import { type RandomNumbers, randomNumbers } from './random-numbers.ts'
import type { LoraPlan, LoraTarget } from './resolve.ts'
import { toLoraName, toSavedName } from './tensor-names.ts'

/** A trained tensor of an adapter, under PEFT's name. */
export interface AdapterTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

export interface InitialiseOptions {
  readonly seed: number
  /** The numbers of a tensor of the base by its name in the model: `lm_head.weight`. Asked for saved modules and, with DoRA, for targets. */
  readonly readBase: (tensor: string) => Float32Array
}

/**
 * The tensors of a new adapter, distributed as PEFT draws them: the same seed gives the same. A is uniform in ±1/√inFeatures (`gaussian`:
 * normal with deviation 1 ÷ rank) and B zero, so the model is at first what it was; with `initLoraWeights: false` B is uniform in ±1/√rank.
 * Modules that are saved whole begin as the base has them, DoRA's magnitudes as the lengths of the weight's rows.
 */
export function initialiseAdapter(
  { targets, saved }: LoraPlan,
  config: LoraConfig,
  { seed, readBase }: InitialiseOptions,
): AdapterTensor[] {
  const tensors = targets.flatMap(target => {
    const parts = drawParts(target, config, seed)
    return config.useDora ? [...parts, measureMagnitude(target, parts, readBase)] : parts
  })
  for (const { name, shape } of saved) {
    tensors.push({ name: toSavedName(name), shape, values: Float32Array.from(readBase(name)) })
  }
  return tensors
}

function drawParts(
  { module, rank, inFeatures, outFeatures }: LoraTarget,
  { initLoraWeights }: LoraConfig,
  seed: number,
): [AdapterTensor, AdapterTensor] {
  const aName = toLoraName(module, 'lora_A')
  const bName = toLoraName(module, 'lora_B')
  const drawA = (random: RandomNumbers) =>
    initLoraWeights === 'gaussian' ? random.normal(1 / rank) : random.uniform(1 / Math.sqrt(inFeatures))
  const drawB =
    initLoraWeights === false ? (random: RandomNumbers) => random.uniform(1 / Math.sqrt(rank)) : undefined
  return [
    {
      name: aName,
      shape: [rank, inFeatures],
      values: draw(rank * inFeatures, randomNumbers(seed, aName), drawA),
    },
    {
      name: bName,
      shape: [outFeatures, rank],
      values: draw(outFeatures * rank, randomNumbers(seed, bName), drawB),
    },
  ]
}

function draw(
  length: number,
  random: RandomNumbers,
  next: ((random: RandomNumbers) => number) | undefined,
): Float32Array {
  const values = new Float32Array(length)
  if (next === undefined) return values
  for (let i = 0; i < length; i++) values[i] = next(random)
  return values
}

function measureMagnitude(
  { module, rank, scaling, outFeatures, fanInFanOut }: LoraTarget,
  [a, b]: readonly [AdapterTensor, AdapterTensor],
  readBase: (tensor: string) => Float32Array,
): AdapterTensor {
  const weight = Float32Array.from(readBase(`${module}.weight`))
  addUpdate(weight, { a: a.values, b: b.values, rank, scaling }, fanInFanOut)
  const values = rowNorms(weight, outFeatures, fanInFanOut)
  return { name: toLoraName(module, 'lora_magnitude_vector'), shape: [outFeatures], values }
}
