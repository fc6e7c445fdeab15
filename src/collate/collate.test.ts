import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { findShared } from '../../test/interop/python.ts'
import { LosslineError } from '../error.ts'
import {
  type Batch,
  DataCollatorForCompletionOnlyLM,
  DataCollatorForLanguageModeling,
  sftTrainer,
} from './index.ts'

const toLists = ({ shape: [rows, length] }: Batch, array: Int32Array) =>
  Array.from({ length: rows }, (_, b) => Array.from(array.subarray(b * length, (b + 1) * length)))

test('labels the post that this project starts from as it did: the last of three answers alone', t => {
  const path = findShared('seed/completion-only-multi-turn.json')
  if (path === undefined) return t.skip('../shared is not here')
  const seed = JSON.parse(readFileSync(path, 'utf8')) as { input_ids: number[]; labels: number[] }
  const collator = new DataCollatorForCompletionOnlyLM({
    // <im_start>assistant\n without its first two ids, which are others inside a row.
    responseTemplate: [28730, 2521, 28767, 489, 11143, 13],
  })
  const batch = collator.collate([{ inputIds: seed.input_ids }])
  assert.deepEqual(Array.from(batch.labels), seed.labels)
  assert.deepEqual(batch.warnings, [])
})

// EOS = pad = 2 (transformers#23530, trl#976).
const rows = [{ inputIds: [5, 6, 7, 2] }, { inputIds: [5, 6, 2] }]

test('masks every EOS that is the pad token, as transformers does', () => {
  const batch = new DataCollatorForLanguageModeling({ padTokenId: 2 }).collate(rows)
  assert.deepEqual(toLists(batch, batch.inputIds), [
    [5, 6, 7, 2],
    [5, 6, 2, 2],
  ])
  assert.deepEqual(toLists(batch, batch.labels), [
    [5, 6, 7, -100],
    [5, 6, -100, -100],
  ])
})

test('trains an EOS that is the pad token, as today’s SFTTrainer does', () => {
  const batch = new sftTrainer.DataCollatorForLanguageModeling({ padTokenId: 2 }).collate(rows)
  assert.deepEqual(toLists(batch, batch.labels), [
    [5, 6, 7, 2],
    [5, 6, 2, -100],
  ])
  assert.deepEqual(toLists(batch, batch.attentionMask!), [
    [1, 1, 1, 1],
    [1, 1, 1, 0],
  ])
})

test('lays packs end to end and starts positions over with each sequence', () => {
  const collator = new sftTrainer.DataCollatorForLanguageModeling({ padTokenId: 0, paddingFree: true })
  const batch = collator.collate([
    { inputIds: [1, 2, 3, 4], seqLengths: [3, 1] },
    { inputIds: [5, 6], seqLengths: [2] },
  ])
  assert.deepEqual(batch.shape, [1, 6])
  assert.deepEqual(Array.from(batch.labels), [-100, 2, 3, -100, -100, 6])
  assert.deepEqual(Array.from(batch.positionIds!), [0, 1, 2, 0, 0, 1])
  assert.deepEqual(Array.from(batch.cuSeqLensQ!), [0, 3, 4, 6])
  assert.equal(batch.maxLengthQ, 3)
  assert.deepEqual(Array.from(batch.seqIdx!), [0, 0, 0, 1, 2, 2])
  assert.equal(batch.attentionMask, undefined)
})

test('keeps a mask that came with the example: its padding is not a token', () => {
  const collator = new DataCollatorForCompletionOnlyLM({
    responseTemplate: [7],
    padTokenId: 0,
    paddingFree: true,
  })
  const batch = collator.collate([
    { inputIds: [1, 7, 3, 0], attentionMask: [1, 1, 1, 0] },
    { inputIds: [7, 4] },
  ])
  assert.deepEqual(Array.from(batch.inputIds), [1, 7, 3, 7, 4])
  assert.deepEqual(Array.from(batch.labels), [-100, -100, 3, -100, 4])
  assert.deepEqual(Array.from(batch.cuSeqLensK!), [0, 3, 5])
})

test('names template, row and remedy when a template isn’t found', () => {
  const tokenizer = {
    decode: (ids: ArrayLike<number>) => `row of ${ids.length}`,
    encode: () => assert.fail(),
  }
  const told: string[] = []
  const collator = new DataCollatorForCompletionOnlyLM({
    responseTemplate: [7, 8],
    tokenizer,
    onWarning: warning => told.push(warning.text),
  })
  const batch = collator.collate([{ inputIds: [7, 8, 1] }, { inputIds: [8, 7, 1] }])
  assert.deepEqual(toLists(batch, batch.labels), [
    [-100, -100, 1],
    [-100, -100, -100],
  ])
  assert.equal(told.length, 1)
  assert.match(told[0]!, /response_template \[7,8\].*"row of 3".*max_length/)
  assert.deepEqual(
    batch.warnings.map(({ rule, row }) => [rule, row]),
    [['marker-not-in-text', 1]],
  )
})

const broken: readonly (readonly [string, () => unknown, string])[] = [
  ['no examples', () => new DataCollatorForLanguageModeling().collate([]), 'collate/empty-batch'],
  [
    'padding without a pad id',
    () => new DataCollatorForLanguageModeling().collate(rows),
    'collate/no-pad-token',
  ],
  [
    'a multiple of 0',
    () => new DataCollatorForLanguageModeling({ padToMultipleOf: 0 }),
    'collate/pad-to-multiple-of',
  ],
  [
    'text without a tokenizer',
    () => new DataCollatorForCompletionOnlyLM({ responseTemplate: 'a' }),
    'collate/no-tokenizer',
  ],
  [
    'a template of no ids',
    () => new DataCollatorForCompletionOnlyLM({ responseTemplate: [] }),
    'collate/empty-template',
  ],
  [
    'an attention mask of another length',
    () =>
      new DataCollatorForLanguageModeling({ padTokenId: 0 }).collate([
        { inputIds: [1, 2], attentionMask: [1] },
      ]),
    'collate/lengths-differ',
  ],
  [
    'labels of another length',
    () =>
      new sftTrainer.DataCollatorForLanguageModeling({ padTokenId: 0 }).collate([
        { inputIds: [1, 2], labels: [1] },
      ]),
    'collate/lengths-differ',
  ],
  [
    'sequences that don’t add up to the pack',
    () =>
      new sftTrainer.DataCollatorForLanguageModeling({ padTokenId: 0, paddingFree: true }).collate([
        { inputIds: [1, 2], seqLengths: [1] },
      ]),
    'collate/seq-lengths',
  ],
]
for (const [what, act, code] of broken) {
  test(`refuses ${what}`, () => {
    assert.throws(act, (error: unknown) => error instanceof LosslineError && error.code === code)
  })
}

test('warns once about options: a pad token that is EOS, where several turns are trained', () => {
  const options = { responseTemplate: [7], instructionTemplate: [8], padTokenId: 2, eosTokenId: 2 }
  assert.deepEqual(
    new DataCollatorForCompletionOnlyLM(options).warnings.map(warning => warning.rule),
    ['pad-is-stop'],
  )
  assert.deepEqual(
    new DataCollatorForCompletionOnlyLM({ ...options, instructionTemplate: undefined }).warnings,
    [],
  )
})

test('collates rows of no tokens', () => {
  const empty = [{ inputIds: [] }, { inputIds: [] }]
  assert.deepEqual(new DataCollatorForLanguageModeling().collate(empty).shape, [2, 0])
  const flat = new sftTrainer.DataCollatorForLanguageModeling({ padTokenId: 0, paddingFree: true }).collate(
    empty,
  )
  assert.deepEqual([flat.shape, Array.from(flat.cuSeqLensQ!), flat.maxLengthQ], [[1, 0], [0], 0])
})
