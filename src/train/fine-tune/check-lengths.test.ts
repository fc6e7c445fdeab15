import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toSet } from '../../../test/train/examples.ts'
import { describeError, LosslineError } from '../../error.ts'
import { checkLengths } from './check-lengths.ts'

const toRow = (length: number) => {
  const ids = Array.from({ length }, (_, i) => i)
  return { ids, labels: ids }
}
const LEARNT = { module: 'wpe', count: 16, size: 4, scale: 1, paddingId: undefined }

test('learnt positions end: a longer sequence is an error before the training', () => {
  const model = { positionEmbedding: LEARNT, maxPositions: 16 }
  assert.equal(checkLengths(model, toSet([toRow(16)])), undefined)
  assert.throws(
    () => checkLengths(model, toSet([toRow(3), toRow(17)])),
    error =>
      error instanceof LosslineError &&
      describeError(error, 'flag') ===
        'example 1 has 17 tokens, and the model has learnt 16 positions. Set --max-length to 16 or less.',
  )
})

test('other positions go on: longer sequences are told, and those of a pack are looked at one by one', () => {
  const model = { positionEmbedding: undefined, maxPositions: 16 }
  assert.match(
    checkLengths(model, toSet([toRow(3), toRow(17), toRow(20)]))!,
    /^2 sequences have more than the 16 tokens .*, the first in example 1; max_length 16 cuts them\.$/,
  )
  assert.equal(checkLengths(model, toSet([{ ...toRow(24), seqLengths: [12, 12] }])), undefined)
  assert.match(checkLengths(model, toSet([{ ...toRow(24), seqLengths: [7, 17] }]))!, /^1 sequence has/)
})
