import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeError, type LosslineError } from '../../error.ts'
import { toDecoderFeeds } from './decoder-inputs.ts'
import { parseModelConfig } from './parse-config.ts'
import { toRopeTables } from './rope.ts'
import { toTrainingFeeds } from './training-graph.ts'

const GPT2 = parseModelConfig({ model_type: 'gpt2', vocab_size: 61, n_embd: 12, n_positions: 4 })

interface Tokens {
  readonly inputIds: Int32Array
  readonly positionIds: Int32Array
  readonly sequenceIds: Int32Array
}

/** One sequence. */
function toTokens(ids: readonly number[]): Tokens {
  return {
    inputIds: Int32Array.from(ids),
    positionIds: Int32Array.from(ids.keys()),
    sequenceIds: new Int32Array(ids.length),
  }
}

const toLine = (id: number): string =>
  `a batch holds the token id ${id}, and the model's embedding has 61 rows. Tokenize with the model's own tokenizer.`

test('an id without a row, and a position that was not learnt, are told in one line', () => {
  const fails = (ids: readonly number[], line: string): void =>
    assert.throws(
      () => toDecoderFeeds(GPT2, toTokens(ids)),
      (error: LosslineError) => describeError(error) === line,
    )
  toDecoderFeeds(GPT2, toTokens([0, 60, 1, 2]))
  fails([0, 61], toLine(61))
  fails([0, -1], toLine(-1))
  fails(
    [0, 1, 2, 3, 4],
    'a sequence has 5 tokens, and the model has learnt 4 positions. Set maxLength to 4 or less.',
  )
})

test('a target without a row, such as an ignored label, is told in one line', () => {
  const targets = { targetPositions: Int32Array.of(1), targetWeights: Float32Array.of(1) }
  const feed = (id: number): unknown =>
    toTrainingFeeds(
      GPT2,
      { ...toTokens([1, 2, 3]), ...targets, targets: Int32Array.of(id) },
      { normaliser: 1, neftuneNoiseAlpha: 0 },
    )
  feed(60)
  assert.throws(
    () => feed(-100),
    (error: LosslineError) => describeError(error) === toLine(-100),
  )
})

test("each token has the row of its position, of longrope's tables for the longest sequence", () => {
  const factors = { short_factor: [1, 1], long_factor: [2, 3] }
  const phi3 = parseModelConfig({
    model_type: 'phi3',
    hidden_size: 8,
    num_attention_heads: 2,
    original_max_position_embeddings: 3,
    pad_token_id: 0,
    rope_scaling: { type: 'longrope', ...factors },
  })
  const feeds = toDecoderFeeds(phi3, {
    inputIds: Int32Array.of(1, 2, 3, 4, 5, 6),
    positionIds: Int32Array.of(0, 1, 0, 1, 2, 3),
    sequenceIds: Int32Array.of(0, 0, 1, 1, 1, 1),
  })
  const { cos, sin } = toRopeTables(phi3.layers[0]!.attention.rope!, 4)
  const pick = (table: Float32Array): number[] =>
    [0, 1, 0, 1, 2, 3].flatMap(t => [...table.slice(2 * t, 2 * t + 2)])
  assert.deepEqual([...feeds['rope_0_cos']!.data], pick(cos))
  assert.deepEqual([...feeds['rope_0_sin']!.data], pick(sin))
  assert.notDeepEqual(cos.slice(0, 6), toRopeTables(phi3.layers[0]!.attention.rope!, 3).cos)
})
