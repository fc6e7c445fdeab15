import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AdapterTensor, initialiseAdapter } from './initialise.ts'
import { type LoraConfig, toLoraConfig } from './lora-config.ts'
import type { ModelModule } from './model-module.ts'
import { resolveLora } from './resolve.ts'

const MODULES: readonly ModelModule[] = [
  { name: 'model.a', kind: 'linear', tensors: { weight: [400, 100] } },
  { name: 'model.b', kind: 'conv1d', tensors: { weight: [400, 100] } },
  { name: 'model.norm', kind: 'norm', tensors: { weight: [100] } },
]

function initialise(given: Partial<LoraConfig>, seed = 1): Map<string, AdapterTensor> {
  const config = toLoraConfig({ r: 16, targetModules: 'all-linear', ...given })
  const readBase = (name: string) =>
    Float32Array.from({ length: name === 'model.norm.weight' ? 100 : 40_000 }, (_, i) => (i % 7) - 3)
  const tensors = initialiseAdapter(resolveLora(config, MODULES, 'llama'), config, { seed, readBase })
  return new Map(tensors.map(tensor => [tensor.name.replace('base_model.model.', ''), tensor]))
}

function measure({ values }: AdapterTensor): { mean: number; deviation: number; largest: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  return { mean, deviation: Math.sqrt(squares / values.length), largest }
}

test("A is uniform as a new linear layer's, and B zero", () => {
  const tensors = initialise({})
  const a = tensors.get('model.a.lora_A.weight')!
  assert.deepEqual(a.shape, [16, 100])
  const { mean, deviation, largest } = measure(a)
  const bound = 1 / Math.sqrt(100)
  assert.ok(largest <= bound && largest > 0.99 * bound)
  assert.ok(
    Math.abs(mean) < 0.01 && Math.abs(deviation - bound / Math.sqrt(3)) < 0.003,
    `${mean} ${deviation}`,
  )
  assert.ok(tensors.get('model.a.lora_B.weight')!.values.every(value => value === 0))
  // Inputs of a weight that lies the other way are its rows.
  assert.deepEqual(tensors.get('model.b.lora_A.weight')!.shape, [16, 400])
})

test('gaussian is normal with a deviation of 1 over the rank', () => {
  const { mean, deviation, largest } = measure(
    initialise({ initLoraWeights: 'gaussian' }).get('model.b.lora_A.weight')!,
  )
  assert.ok(Math.abs(mean) < 0.003 && Math.abs(deviation - 1 / 16) < 0.002, `${mean} ${deviation}`)
  assert.ok(largest > 3 / 16 && largest < 6 / 16)
})

test('false draws B too', () => {
  const { largest } = measure(initialise({ initLoraWeights: false }).get('model.a.lora_B.weight')!)
  assert.ok(largest <= 0.25 && largest > 0.24)
})

test('the same seed gives the same numbers, and what else is adapted changes none of them', () => {
  const [both, one] = [initialise({}), initialise({ targetModules: ['b'] })]
  const name = 'model.b.lora_A.weight'
  assert.deepEqual(one.get(name), both.get(name))
  assert.notDeepEqual(initialise({}, 2).get(name), both.get(name))
  assert.notDeepEqual(
    [...both.get(name)!.values.slice(0, 16)],
    [...both.get('model.a.lora_A.weight')!.values.slice(0, 16)],
  )
})

test("magnitudes are the lengths of the weight's rows by output, and saved modules begin as the base's", () => {
  const tensors = initialise({ useDora: true, modulesToSave: ['norm'] })
  const base = Float32Array.from({ length: 40_000 }, (_, i) => (i % 7) - 3)
  const lengthOf = (at: (i: number) => number, count: number) =>
    Math.sqrt(Array.from({ length: count }, (_, i) => base[at(i)]! ** 2).reduce((a, b) => a + b, 0))
  const [a, b] = ['a', 'b'].map(name => tensors.get(`model.${name}.lora_magnitude_vector`)!)
  assert.deepEqual([a!.shape, b!.shape], [[400], [100]])
  assert.ok(Math.abs(a!.values[3]! - lengthOf(i => 300 + i, 100)) < 1e-4)
  assert.ok(Math.abs(b!.values[3]! - lengthOf(i => 3 + 100 * i, 400)) < 1e-4)
  assert.deepEqual(tensors.get('model.norm.weight')!.values.slice(0, 3), Float32Array.of(-3, -2, -1))
})
