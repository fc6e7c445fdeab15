import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
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
  readonly name: string
  readonly modelType: string
  readonly config: JsonObject
  /** Whether keys at their default are written too. */
  readonly isWhole: boolean
}

/** Each architecture as it is by default, and the tiny models. */
const CASES: readonly ConfigCase[] = [true, false].flatMap(isWhole => [
  ...TYPES.map(modelType => ({ name: modelType, modelType, config: {}, isWhole })),
  ...TINY_MODELS.map(({ name, modelType, config }) => ({ name, modelType, config, isWhole })),
])

/** The config.json that an environment's transformers writes of each case. */
function askConfigs(environment: PythonEnvironment): JsonObject[] {
  const python = findPython(environment)!
  return runPython(python, 'test/interop/transformers_configs.py', CASES) as JsonObject[]
}

describe('config.json', { skip }, () => {
  let written: JsonObject[] = []
  before(() => {
    written = askConfigs('trl-1.16')
  })

  test("without a key has transformers' default for it", () => {
    for (const [i, { modelType, config, isWhole }] of CASES.entries()) {
      if (!isWhole || Object.keys(config).length > 0) continue
      assert.deepEqual(parseModelConfig({ model_type: modelType }), parseModelConfig(written[i]!), modelType)
    }
  })

  test('says which layers see a window, and which rotate, by other keys where they are not listed', () => {
    const lists = ['layer_types', 'no_rope_layers']
    for (const [i, { name, config }] of CASES.entries()) {
      if (lists.some(key => key in config)) continue
      const entries = Object.entries(written[i]!).filter(([key]) => !lists.includes(key))
      assert.deepEqual(parseModelConfig(Object.fromEntries(entries)), parseModelConfig(written[i]!), name)
    }
  })

  test('of transformers 4 and of 5 is read as the same model', t => {
    if (findPython('interop') === undefined) return t.skip(whyNoPython('interop'))
    for (const [i, five] of askConfigs('interop').entries()) {
      assert.deepEqual(parseModelConfig(five), parseModelConfig(written[i]!), CASES[i]!.name)
    }
  })
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
