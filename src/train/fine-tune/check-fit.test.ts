import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { toSet } from '../../../test/train/examples.ts'
import { makeModel } from '../../../test/train/make-model.ts'
import { settleConfig } from '../config/index.ts'
import { checkMemory } from '../memory/index.ts'
import { checkFit } from './check-fit.ts'

test('the largest batch is the longest examples together, with as many targets as any', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'lossline-fit-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const config = { hidden_size: 32, intermediate_size: 48, num_hidden_layers: 2, num_attention_heads: 4 }
  await makeModel(folder, { model_type: 'llama', vocab_size: 50, num_key_value_heads: 2, ...config }, 1)
  const row = (length: number, trained: number) => {
    const ids = Array.from({ length }, (_, i) => i % 50)
    return { ids, labels: ids.map((id, i) => (i < length - trained ? -100 : id)) }
  }
  const set = toSet([row(50, 10), row(200, 5), row(90, 60), row(120, 30)])
  const trained = { kind: 'all' } as const
  const fitOf = (options: Parameters<typeof settleConfig>[0]) =>
    checkFit(folder, settleConfig({ outputDir: folder, ...options }).config, set, { trained })
  const memoryOf = (tokens: number, targets: number, more = {}) =>
    checkMemory(folder, {
      trained,
      gradientCheckpointing: false,
      tokens,
      targets,
      longestSequence: 200,
      accumulates: false,
      optimizerBytes: 8,
      ...more,
    })
  const options = { gradientCheckpointing: false }
  assert.deepEqual(fitOf({ ...options, perDeviceTrainBatchSize: 2 }), memoryOf(320, 90))
  const accumulated = { ...options, gradientAccumulationSteps: 4 }
  assert.deepEqual(fitOf({ ...options, perDeviceTrainBatchSize: 8 }), memoryOf(460, 105))
  assert.deepEqual(
    fitOf({ ...accumulated, perDeviceTrainBatchSize: 2 }),
    memoryOf(320, 90, { accumulates: true }),
  )
  const sgd = { perDeviceTrainBatchSize: 1, gradientCheckpointing: true, optim: 'sgd' } as const
  const sgdOf = (optimizerBytes: number) => memoryOf(200, 60, { gradientCheckpointing: true, optimizerBytes })
  assert.deepEqual(fitOf(sgd), sgdOf(0))
  assert.deepEqual(fitOf({ ...sgd, optimArgs: 'momentum=0.9' }), sgdOf(4))
})
