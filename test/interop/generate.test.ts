import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { layTrainedAdapter, toTrained } from '../../src/train/adapter/index.ts'
import { GENERATION_DEFAULTS, type GenerationOptions, generate } from '../../src/train/generate/index.ts'
import { openGeneratingModel, type Trained } from '../../src/train/runtime/index.ts'
import { askModels, python } from './model-oracle.ts'
import { findShared, runPython, whyNoPython } from './python.ts'
import { TINY_MODELS } from './tiny-models.ts'

const skip = python === undefined ? whyNoPython('trl-1.16') : false
const root = mkdtempSync(join(tmpdir(), 'lossline-generate-'))
after(() => rmSync(root, { recursive: true, force: true }))

/** Longer than any window, and as short as can be. */
const PROMPTS = [Array.from({ length: 19 }, (_, i) => (7 * i + 3) % 61), [5]]
/** In transformers longrope's factors change in the middle of an answer, and keys that were turned before stay as they are. */
const MODELS = TINY_MODELS.filter(({ name }) => !name.includes('longrope'))

const NOTHING: Trained = { kind: 'adapters', adapters: [] }

async function answer(
  folder: string,
  prompts: readonly number[][],
  { trained = NOTHING, ...more }: Partial<GenerationOptions> & { trained?: Trained } = {},
): Promise<number[][]> {
  const model = await openGeneratingModel(folder, { trained })
  try {
    const reader = await model.openReader()
    const options = { ...GENERATION_DEFAULTS, maxNewTokens: 12, stopIds: new Set([2]), ...more }
    const answers: number[][] = []
    for (const prompt of prompts) answers.push([...(await generate(reader, prompt, options)).ids])
    return answers
  } finally {
    await model.close()
  }
}

describe('writes the tokens that transformers writes greedily', { skip }, () => {
  let theirs: unknown[] = []
  before(() => {
    const folders = MODELS.map((_, i) => join(root, String(i)))
    askModels(MODELS.map((tiny, i) => ({ ...tiny, folder: folders[i]!, seed: i, sequences: [[1]] })))
    const cases = folders.map((folder, i) => ({
      folder,
      prompts: PROMPTS,
      options: { max_new_tokens: 12, ...(i % 2 === 0 ? {} : { repetition_penalty: 1.3 }) },
    }))
    theirs = runPython(python!, 'test/interop/transformers_generate.py', cases)
  })
  for (const [i, { name }] of MODELS.entries()) {
    test(name, async () => {
      const ours = await answer(join(root, String(i)), PROMPTS, i % 2 === 0 ? {} : { repetitionPenalty: 1.3 })
      assert.deepEqual(ours, theirs[i])
    })
  }
})

test('writes the story that transformers writes with stories260K', { skip }, async t => {
  const folder = findShared('models/stories260K')
  if (folder === undefined) return t.skip('../shared is not here')
  const prompts = [[1], [1, 403, 407]]
  const [theirs] = runPython(python!, 'test/interop/transformers_generate.py', [
    { folder, prompts, options: { max_new_tokens: 200 } },
  ])
  assert.deepEqual(await answer(folder, prompts, { maxNewTokens: 200 }), theirs)
})

describe('writes with an adapter what PEFT writes with it', { skip }, () => {
  const cases = [
    { name: 'LoRA', modelType: 'llama', lora: { r: 4, lora_alpha: 32, target_modules: 'all-linear' } },
    {
      name: 'DoRA',
      modelType: 'qwen2',
      lora: { r: 3, lora_alpha: 24, use_dora: true, target_modules: ['q_proj', 'down_proj'] },
    },
    {
      name: 'GPT-2, with its head',
      modelType: 'gpt2',
      lora: { r: 4, lora_alpha: 32, target_modules: ['c_attn'], modules_to_save: ['lm_head'] },
    },
  ].map((item, i) => ({ ...item, folder: join(root, `adapted-${i}`) }))
  let theirs: unknown[] = []
  before(() => {
    const models = cases.map(({ folder, modelType, lora }, seed) => {
      const { config } = TINY_MODELS.find(tiny => tiny.modelType === modelType)!
      // PEFT's B is zero at first: an adapter that says nothing.
      return {
        folder,
        modelType,
        config,
        seed,
        lora: { ...lora, init_lora_weights: false },
        dtype: 'float32',
        sequences: [[1]],
      } as const
    })
    askModels(models)
    const asked = cases.map(({ folder }) => ({
      folder,
      adapter: join(folder, 'adapter'),
      prompts: PROMPTS,
      options: { max_new_tokens: 12 },
    }))
    theirs = runPython(python!, 'test/interop/transformers_generate.py', asked)
  })
  for (const [i, { name, folder }] of cases.entries()) {
    test(name, async () => {
      const trained = toTrained(layTrainedAdapter(folder, join(folder, 'adapter')))
      const ours = await answer(folder, PROMPTS, { trained })
      assert.deepEqual(ours, theirs[i])
      assert.notDeepEqual(ours, await answer(folder, PROMPTS))
    })
  }
})
