import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { JsonObject } from '../../src/json/index.ts'
import { openTrainableModel } from '../../src/train/runtime/index.ts'
import type { TrainBatch } from '../../src/train/trainable-model.ts'
import { askModels, type ModelAnswer, type ModelCase, python } from './model-oracle.ts'
import { readAdapters } from './peft-adapter.ts'
import { whyNoPython } from './python.ts'
import { toBatch } from './run-decoder.ts'
import { TINY_MODELS, type TinyModel } from './tiny-models.ts'

const skip = python === undefined ? whyNoPython('trl-1.16') : false
const parent = mkdtempSync(join(tmpdir(), 'lossline-gradients-'))
after(() => rmSync(parent, { recursive: true, force: true }))

/** Longer than any window, and all longer than the length at which longrope's factors change; 0 is the padding token. */
const SEQUENCES: readonly (readonly number[])[] = [
  Array.from({ length: 19 }, (_, i) => (7 * i + 3) % 61),
  Array.from({ length: 9 }, (_, i) => (5 * i + 50) % 61),
  Array.from({ length: 12 }, (_, i) => (11 * i * i + 1) % 61),
]
/** Many tokens are not trained, and the others not alike. */
const WEIGHTS = SEQUENCES.map(ids => ids.slice(1).map((_, i) => [0, 0, 1, 0.25, 2][(i + ids.length) % 5]!))
const NORMALISER = 7

const ALL_LINEAR: JsonObject = { r: 3, lora_alpha: 5, target_modules: 'all-linear' }

interface GradientCase extends TinyModel {
  readonly lora?: JsonObject
  readonly isCheckpointed?: boolean
}

const DORA: JsonObject = { ...ALL_LINEAR, use_dora: true }

/** The first model of each architecture. */
const ARCHITECTURES = TINY_MODELS.filter(
  ({ modelType }, i) => TINY_MODELS.findIndex(model => model.modelType === modelType) === i,
)

const CASES: readonly GradientCase[] = [
  ...TINY_MODELS,
  ...ARCHITECTURES.map(model => ({ ...model, name: `LoRA, ${model.name}`, lora: ALL_LINEAR })),
  { ...TINY_MODELS[0]!, name: 'rsLoRA', lora: { ...ALL_LINEAR, use_rslora: true } },
  { ...TINY_MODELS[1]!, name: 'DoRA, biases', lora: DORA },
  ...['qwen2', 'phi3', 'gpt2'].map(type => ({ ...findModel(type), name: `DoRA, ${type}`, lora: DORA })),
  // The head is computed in pieces, most of which are empty here.
  {
    ...TINY_MODELS[0]!,
    name: 'LoRA, the head too',
    lora: { ...ALL_LINEAR, target_modules: ['q_proj', 'lm_head'] },
  },
  { ...TINY_MODELS[0]!, name: 'layers checkpointed', isCheckpointed: true },
  { ...TINY_MODELS[2]!, name: 'LoRA, layers checkpointed, bf16', lora: ALL_LINEAR, isCheckpointed: true },
]

function findModel(modelType: string): TinyModel {
  return ARCHITECTURES.find(model => model.modelType === modelType)!
}

describe('loss and gradients are those of PyTorch', { skip }, () => {
  let answers: ModelAnswer[] = []
  before(() => {
    answers = askModels(CASES.map(toModelCase))
  })
  for (const [i, item] of CASES.entries()) {
    test(item.name, async () => {
      const { folder, lora } = toModelCase(item, i)
      const { gradients, loss } = answers[i]!
      const model = await openTrainableModel(folder, {
        trained: lora === undefined ? { kind: 'all' } : readAdapters(join(folder, 'adapter'), lora),
        gradientCheckpointing: item.isCheckpointed ?? false,
        threads: 1,
      })
      try {
        const batch = toTrainBatch()
        const { nll } = await model.accumulate(batch, NORMALISER)
        const ours = nll.reduce((sum, value, m) => sum + value * batch.targetWeights[m]!, 0)
        assert.ok(Math.abs(ours - loss!) < 1e-5 * loss!, `the loss is ${ours}, not ${loss}`)
        const evaluated = await model.evaluate(batch)
        assert.deepEqual(evaluated.nll, nll)
        assert.deepEqual(model.parameters.map(({ name }) => name).sort(), Object.keys(gradients).sort())
        checkGradients(model.parameters, gradients)
        const decayed = model.parameters.filter(({ decays }) => decays).map(({ name }) => name)
        assert.deepEqual(decayed.sort(), [...answers[i]!.decayed].sort())
        const once = model.parameters.map(({ gradient }) => gradient.slice())
        await model.accumulate(batch, NORMALISER)
        for (const [p, { gradient }] of model.parameters.entries()) {
          assert.deepEqual(
            gradient,
            once[p]!.map(value => value * 2),
          )
        }
      } finally {
        await model.close()
      }
    })
  }
})

function checkGradients(
  parameters: readonly { readonly name: string; readonly gradient: Float32Array }[],
  expected: ModelAnswer['gradients'],
): void {
  const largest = Math.max(...Object.values(expected).map(values => maximum(values)))
  for (const { name, gradient } of parameters) {
    const theirs = expected[name]!.map(value => value / NORMALISER)
    assert.equal(gradient.length, theirs.length, name)
    const difference = maximum(gradient.map((value, i) => value - theirs[i]!))
    // Relative to this tensor, but for those that are next to nothing beside the others.
    const scale = Math.max(maximum(theirs), (1e-3 * largest) / NORMALISER)
    if (process.env['SHOW']) console.log(name, difference / scale)
    assert.ok(difference < 1e-4 * scale, `${name} differs by ${difference} of ${scale}`)
  }
}

function maximum(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
}

function toModelCase(item: GradientCase, i: number): ModelCase {
  const { name: _, isCheckpointed: __, ...rest } = item
  return { ...rest, folder: join(parent, String(i)), seed: i, sequences: SEQUENCES, targetWeights: WEIGHTS }
}

/** Targets that weigh nothing are no targets. */
function toTrainBatch(): TrainBatch {
  const all = toBatch(SEQUENCES)
  const weights = WEIGHTS.flatMap(ofSequence => [...ofSequence, 0])
  const positions = weights.flatMap((weight, t) => (weight === 0 ? [] : [t]))
  return {
    ...all,
    targetPositions: Int32Array.from(positions),
    targets: Int32Array.from(positions, t => all.inputIds[t + 1]!),
    targetWeights: Float32Array.from(positions, t => weights[t]!),
  }
}
