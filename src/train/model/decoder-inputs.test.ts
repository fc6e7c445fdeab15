import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeError, type LosslineError } from '../../error.ts'
import type { TrainBatch } from '../trainable-model.ts'
import { toDecoderFeeds } from './decoder-inputs.ts'
import { parseModelConfig } from './parse-config.ts'

const GPT2 = parseModelConfig({ model_type: 'gpt2', vocab_size: 61, n_embd: 12, n_positions: 4 })

function toBatch(ids: readonly number[]): TrainBatch {
  return {
    inputIds: Int32Array.from(ids),
    positionIds: Int32Array.from(ids.keys()),
    sequenceIds: new Int32Array(ids.length),
    targetPositions: new Int32Array(),
    targets: new Int32Array(),
    targetWeights: new Float32Array(),
  }
}

test('an id without a row, and a position that was not learnt, are told in one line', () => {
  const fails = (ids: readonly number[], line: string): void =>
    assert.throws(
      () => toDecoderFeeds(GPT2, toBatch(ids)),
      (error: LosslineError) => describeError(error) === line,
    )
  toDecoderFeeds(GPT2, toBatch([0, 60, 1, 2]))
  fails(
    [0, 61],
    "a batch holds the token id 61, and the model's embedding has 61 rows. Tokenize with the model's own tokenizer.",
  )
  fails(
    [0, 1, 2, 3, 4],
    'a sequence has 5 tokens, and the model has learnt 4 positions. Set maxLength to 4 or less.',
  )
})
