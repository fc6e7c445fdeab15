import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { manyExamples, toSet } from '../../../test/train/examples.ts'
import { layBatch } from './lay-batch.ts'
import { orderExamples } from './order.ts'
import { StepOrder } from './step-order.ts'

test('targets are the trained tokens, each seen from the one before it in its own sequence', () => {
  const set = toSet([
    { ids: [10, 11, 12, 13, 14], labels: [10, -100, 12, 13, 14], seqLengths: [3, 2] },
    { ids: [20, 21], labels: [20, 21], weights: [1, 0.5] },
    { ids: [30, 31], labels: [-100, 31], weights: [0, 0] },
  ])
  const { batch, targetTokens } = layBatch(set, Int32Array.of(1, 0, 2))
  assert.deepEqual([...batch.inputIds], [20, 21, 10, 11, 12, 13, 14, 30, 31])
  assert.deepEqual([...batch.positionIds], [0, 1, 0, 1, 2, 0, 1, 0, 1])
  assert.deepEqual([...batch.sequenceIds], [0, 0, 1, 1, 1, 2, 2, 3, 3])
  assert.deepEqual([...batch.targetPositions], [0, 3, 5])
  assert.deepEqual([...batch.targets], [21, 12, 14])
  assert.deepEqual([...batch.targetWeights], [0.5, 1, 1])
  assert.deepEqual([...targetTokens], [6, 2, 4])
})

test('an epoch has each example once, whatever the batches and the order', () => {
  const set = toSet(manyExamples(53, 11))
  fc.assert(
    fc.property(
      fc.constantFrom('random', 'sequential', 'group_by_length'),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(1000),
      (strategy, size, accumulation, seed) => {
        const batches = Math.ceil(53 / size)
        const order = new StepOrder(set, batches, {
          trainSamplingStrategy: strategy,
          perDeviceTrainBatchSize: size,
          gradientAccumulationSteps: accumulation,
          dataSeed: undefined,
          seed,
        })
        const seen: number[] = []
        for (let step = 0; step < Math.ceil(batches / accumulation); step++)
          for (const examples of order.batchesOf(3, step)) seen.push(...examples)
        assert.deepEqual(
          seen.sort((a, b) => a - b),
          Array.from({ length: 53 }, (_, e) => e),
        )
      },
    ),
  )
})

test('grouping by length starts with the longest and sorts within some steps', () => {
  const { lengths } = toSet(manyExamples(200, 11))
  const order = orderExamples(lengths, { strategy: 'group_by_length', seed: 1, epoch: 0, stepExamples: 4 })
  assert.equal(lengths[order[0]!], Math.max(...lengths))
  const stretch = Array.from(order.subarray(48, 96), e => lengths[e]!)
  assert.deepEqual(
    stretch,
    [...stretch].sort((a, b) => b - a),
  )
})
