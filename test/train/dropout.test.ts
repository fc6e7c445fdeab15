import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { JsonObject } from '../../src/json/index.ts'
import {
  openTrainableModel,
  type TrainableModelOptions,
  type TrainedAdapter,
} from '../../src/train/runtime/index.ts'
import type { TrainableModel, TrainBatch } from '../../src/train/trainable-model.ts'
import { random } from '../random.ts'
import { makeModel } from './make-model.ts'

const parent = mkdtempSync(join(tmpdir(), 'lossline-dropout-'))
after(() => rmSync(parent, { recursive: true, force: true }))

const SIZES = { vocab_size: 40, n_embd: 24, n_layer: 2, n_head: 3, n_positions: 32 }
const UNDROPPED = { embd_pdrop: 0, resid_pdrop: 0, attn_pdrop: 0 }

const CONFIGS: Readonly<Record<string, JsonObject>> = {
  embeddings: { embd_pdrop: 0.3 },
  'what blocks add': { resid_pdrop: 0.3 },
  "attention's probabilities": { attn_pdrop: 0.3 },
}

for (const [name, shares] of Object.entries(CONFIGS)) {
  test(`drops a share of ${name} in training alone, with the gradient of what is left`, async () => {
    const folder = join(parent, name)
    await makeModel(folder, { model_type: 'gpt2', ...SIZES, ...UNDROPPED, ...shares }, 1)
    await checkDropout(folder, { trained: { kind: 'all' } })
  })
}

test("drops a share of what an adapter's first half sees", async () => {
  const folder = join(parent, 'lora')
  await makeModel(folder, { model_type: 'gpt2', ...SIZES, ...UNDROPPED }, 1)
  const layers = ['transformer.h.0.attn.c_attn', 'transformer.h.1.mlp.c_fc']
  const adapters = layers.map((module, i) => toAdapter(module, 24, [72, 96][i]!))
  await checkDropout(folder, { trained: { kind: 'adapters', adapters } })
})

test('adds noise to embeddings in training alone, with the gradient of what that gives', async () => {
  const folder = join(parent, 'neftune')
  await makeModel(folder, { model_type: 'gpt2', ...SIZES, ...UNDROPPED }, 1)
  await checkDropout(folder, { trained: { kind: 'all' }, neftuneNoiseAlpha: 5 })
})

/** A dropped model's own slope is its gradient, which holds only if forward and backward pass drop the same. */
async function checkDropout(folder: string, options: TrainableModelOptions): Promise<void> {
  const plain = await openTrainableModel(folder, { ...options, threads: 1 })
  const checkpointed = await openTrainableModel(folder, {
    ...options,
    threads: 1,
    gradientCheckpointing: true,
  })
  try {
    const undropped = await evaluate(plain)
    const losses = [await accumulate(plain, 5), await accumulate(plain, 5), await accumulate(plain, 6)]
    assert.equal(losses[0], losses[1])
    assert.notEqual(losses[0], losses[2])
    assert.ok(
      losses.every(loss => Math.abs(loss - undropped) > 1e-4),
      `${losses} beside ${undropped}`,
    )
    assert.equal(await accumulate(checkpointed, 5), losses[0])
    await accumulate(plain, 5)
    for (const [p, { gradient, name }] of plain.parameters.entries()) {
      const other = checkpointed.parameters[p]!.gradient
      const largest = Math.max(...gradient.map(Math.abs))
      assert.ok(
        gradient.every((value, i) => Math.abs(value - other[i]!) <= 1e-5 * largest),
        name,
      )
    }
    await checkSlope(plain, 5)
  } finally {
    await plain.close()
    await checkpointed.close()
  }
}

/** Along the gradient itself. */
async function checkSlope(model: TrainableModel, seed: number): Promise<void> {
  await accumulate(model, seed)
  const steps = model.parameters.map(({ gradient }) => gradient.slice())
  const square = steps.reduce((sum, step) => sum + step.reduce((part, value) => part + value * value, 0), 0)
  const size = 2e-3 / Math.sqrt(square)
  const move = (factor: number): void => {
    for (const [p, { data }] of model.parameters.entries()) {
      for (const [i, value] of steps[p]!.entries()) data[i]! += factor * size * value
    }
  }
  move(1)
  const above = await accumulate(model, seed)
  move(-2)
  const below = await accumulate(model, seed)
  move(1)
  const slope = (above - below) / (2 * size)
  assert.ok(Math.abs(slope / square - 1) < 2e-2, `the slope is ${slope}; the gradient says ${square}`)
}

async function accumulate(model: TrainableModel, noiseSeed: number): Promise<number> {
  model.zeroGradients()
  return sum((await model.accumulate({ ...BATCH, noiseSeed }, 1)).nll)
}

async function evaluate(model: TrainableModel): Promise<number> {
  return sum((await model.evaluate({ ...BATCH, noiseSeed: 5 })).nll)
}

function sum(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0)
}

function toAdapter(module: string, inSize: number, outSize: number): TrainedAdapter {
  const draw = random(outSize)
  const part = (name: string, shape: readonly [number, number]): TrainedAdapter['up'] => ({
    name: `${module}.${name}`,
    shape,
    data: Float32Array.from({ length: shape[0] * shape[1] }, () => draw(2 ** 16) / 2 ** 16 - 0.5),
  })
  const [down, up] = [part('lora_A', [4, inSize]), part('lora_B', [outSize, 4])]
  return { module, down, up, scaling: 0.5, dropout: 0.4 }
}

const BATCH: TrainBatch = {
  inputIds: Int32Array.from({ length: 30 }, (_, t) => (t * t * 7 + 3) % 40),
  positionIds: Int32Array.from({ length: 30 }, (_, t) => t % 18),
  sequenceIds: Int32Array.from({ length: 30 }, (_, t) => Math.floor(t / 18)),
  targetPositions: Int32Array.from({ length: 12 }, (_, m) => 2 * m + 1),
  targets: Int32Array.from({ length: 12 }, (_, m) => (m * 5) % 40),
  targetWeights: new Float32Array(12).fill(1),
}
