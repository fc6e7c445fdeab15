import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { GENERATION_DEFAULTS, generate } from '../../src/train/generate/index.ts'
import { openGeneratingModel } from '../../src/train/runtime/index.ts'
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

async function answer(folder: string, prompts: readonly number[][], more: object = {}): Promise<number[][]> {
  const model = await openGeneratingModel(folder, { trained: { kind: 'adapters', adapters: [] } })
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
