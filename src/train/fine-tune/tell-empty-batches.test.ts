import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toSet } from '../../../test/train/examples.ts'
import { tellEmptyBatches } from './tell-empty-batches.ts'

const trained = { ids: [5, 6, 2], labels: [-100, 6, 2] }
const untrained = { ids: [5, 6, 2], labels: [-100, -100, -100] }

function tell(rows: readonly (typeof trained)[], perDeviceEvalBatchSize: number): string[] {
  const told: string[] = []
  tellEmptyBatches(toSet(rows), { perDeviceEvalBatchSize }, text => told.push(text))
  return told
}

test('tells of batches of an evaluation without a trained token, the last and smaller one too', () => {
  assert.deepEqual(tell([trained, trained, untrained, untrained, untrained], 2), [
    'evaluation: 2 of 3 batches of 2 rows have no trained token. They count as a loss of 0. (zero-token-eval-batch)',
  ])
  assert.deepEqual(tell([untrained, trained], 1), [
    'evaluation: 1 of 2 batches of 1 row has no trained token. It counts as a loss of 0. (zero-token-eval-batch)',
  ])
})

test('says nothing where each batch has one', () => {
  assert.deepEqual(tell([trained, untrained, untrained, trained, trained], 2), [])
  assert.deepEqual(tell([untrained, trained], 8), [])
})
