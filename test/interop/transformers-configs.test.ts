import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { JsonObject } from '../../src/json/index.ts'
import { listWeights, parseModelConfig, toRopeTables } from '../../src/train/model/index.ts'
import { askModels, askRopes, python } from './model-oracle.ts'
import { findPython, type PythonEnvironment, runPython, whyNoPython } from './python.ts'
import { TINY_MODELS } from './tiny-models.ts'

const skip = python === undefined ? whyNoPython('trl-1.16') : false
const folder = mkdtempSync(join(tmpdir(), 'lossline-models-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const TYPES = [
  'llama',
  'mistral',
  'qwen2',
  'qwen3',
  'gemma',
  'gemma2',
  'gemma3_text',
  'phi3',
  'smollm3',
  'gpt2',
]

interface ConfigCase {
  readonly modelType: string
  readonly config: JsonObject
  /** Whether keys at their default are written too. */
  readonly isWhole: boolean
}

/** The config.json that an environment's transformers writes. */
function askConfigs(environment: PythonEnvironment, cases: readonly ConfigCase[]): JsonObject[] {
  return runPython(findPython(environment)!, 'test/interop/transformers_configs.py', cases) as JsonObject[]
}

test("a config.json without a key has transformers' default for it", { skip }, () => {
  const defaults = askConfigs(
    'trl-1.16',
    TYPES.map(modelType => ({ modelType, config: {}, isWhole: true })),
  )
  for (const [i, type] of TYPES.entries()) {
    assert.deepEqual(parseModelConfig({ model_type: type }), parseModelConfig(defaults[i]!), type)
  }
})

test('which layers see a window, and which rotate, follows from the other keys where it is not written out', {
  skip,
}, () => {
  const derived = ['layer_types', 'no_rope_layers']
  const models = TINY_MODELS.filter(({ config }) => !derived.some(key => key in config))
  const configs = askConfigs(
    'trl-1.16',
    models.map(({ modelType, config }) => ({ modelType, config, isWhole: true })),
  )
  for (const [i, { name }] of models.entries()) {
    const entries = Object.entries(configs[i]!).filter(([key]) => !derived.includes(key))
    assert.deepEqual(parseModelConfig(Object.fromEntries(entries)), parseModelConfig(configs[i]!), name)
  }
})

test('what transformers 4 and 5 write of one model is read as one model', { skip }, t => {
  if (findPython('interop') === undefined) return t.skip(whyNoPython('interop'))
  const models = [...TYPES.map(modelType => ({ modelType, config: {} })), ...TINY_MODELS]
  const cases = [true, false].flatMap(isWhole =>
    models.map(({ modelType, config }) => ({ modelType, config, isWhole })),
  )
  const [four, five] = [askConfigs('trl-1.16', cases), askConfigs('interop', cases)]
  for (const [i, { modelType }] of cases.entries()) {
    assert.deepEqual(parseModelConfig(five[i]!), parseModelConfig(four[i]!), modelType)
  }
})

test('every tiny model has the weights that transformers saves', { skip }, () => {
  const answers = askModels(
    TINY_MODELS.map((tiny, i) => ({
      ...tiny,
      folder: join(folder, String(i)),
      seed: i,
      sequences: [[1, 2, 3]],
    })),
  )
  for (const [i, { name }] of TINY_MODELS.entries()) {
    const config = JSON.parse(readFileSync(join(folder, String(i), 'config.json'), 'utf8')) as JsonObject
    const model = parseModelConfig(config)
    const ours = listWeights(model).map(({ name, shape }) => [name, shape] as const)
    const theirs = Object.entries(answers[i]!.weights)
      .filter(([weight]) => !(model.head.tied && weight === 'lm_head.weight'))
      .sort()
    assert.deepEqual([...ours].sort(), theirs, name)
  }
})

const LLAMA = {
  hidden_size: 4096,
  num_attention_heads: 32,
  rope_theta: 500_000,
  max_position_embeddings: 131_072,
}
const LONG_FACTORS = Array.from({ length: 48 }, (_, i) => 1 + i / 3)
const LLAMA3 = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 }

const ROPES: readonly { modelType: string; config: JsonObject; length: number }[] = [
  { modelType: 'llama', config: LLAMA, length: 300 },
  { modelType: 'llama', config: { ...LLAMA, head_dim: 96 }, length: 300 },
  { modelType: 'llama', config: { ...LLAMA, rope_scaling: { type: 'linear', factor: 3 } }, length: 300 },
  {
    modelType: 'llama',
    config: { ...LLAMA, rope_scaling: { ...LLAMA3, original_max_position_embeddings: 8192 } },
    length: 300,
  },
  {
    modelType: 'qwen3',
    config: {
      ...LLAMA,
      rope_scaling: { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 32_768 },
    },
    length: 300,
  },
  {
    modelType: 'llama',
    config: {
      ...LLAMA,
      rope_scaling: {
        rope_type: 'yarn',
        factor: 40,
        beta_fast: 16,
        beta_slow: 2,
        mscale: 1,
        mscale_all_dim: 0.5,
        truncate: false,
      },
    },
    length: 300,
  },
  {
    modelType: 'llama',
    config: {
      ...LLAMA,
      rope_scaling: { rope_type: 'yarn', factor: 8, attention_factor: 0.7, truncate: false },
    },
    length: 300,
  },
  ...[20, 40].map(length => ({
    modelType: 'phi3',
    config: {
      hidden_size: 96 * 32,
      max_position_embeddings: 131_072,
      original_max_position_embeddings: 32,
      rope_scaling: { type: 'longrope', short_factor: LONG_FACTORS, long_factor: LONG_FACTORS.toReversed() },
    },
    length,
  })),
]

test("rope's tables are those of modeling_rope_utils", { skip }, () => {
  const answers = askRopes(ROPES)
  for (const [i, { modelType, config, length }] of ROPES.entries()) {
    const { rope } = parseModelConfig({ model_type: modelType, ...config }).layers[0]!.attention
    assert.ok(rope !== undefined)
    const ours = toRopeTables(rope, length)
    const { cos, sin, attentionFactor } = answers[i]!
    assert.equal(ours.cos.length, cos.length)
    // A frequency's last bit is in doubt, so an angle's error grows with the position.
    const allowed = 2 * 2 ** -23 * attentionFactor * length
    assert.ok(findLargestDifference(ours.cos, cos) < allowed, `cos of ${JSON.stringify(config)}`)
    assert.ok(findLargestDifference(ours.sin, sin) < allowed, `sin of ${JSON.stringify(config)}`)
  }
})

function findLargestDifference(ours: Float32Array, theirs: Float32Array): number {
  return ours.reduce((largest, value, i) => Math.max(largest, Math.abs(value - theirs[i]!)), 0)
}
