import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeHardConversation, makeMasked } from '../../test/cli/make-masked.ts'
import { toExampleJson, toExampleParts } from './json.ts'

test('has one entry for each token, and null for what belongs to no message', () => {
  const masked = makeHardConversation()
  const json = toExampleJson(masked, 3)
  const { input_ids, labels, weights, offsets, messages, sources, reasons } = json
  for (const array of [input_ids, labels, weights, offsets, messages, sources, reasons]) {
    assert.equal(array.length, masked.encoded.ids.length)
  }
  assert.deepEqual(Object.keys(json), [
    'row',
    'text',
    'input_ids',
    'labels',
    'weights',
    'offsets',
    'messages',
    'sources',
    'reasons',
    'warnings',
  ])
  assert.equal(json.row, 3)
  assert.equal(messages[0], null)
  assert.equal(messages[1], 0)
  assert.deepEqual(offsets[1], [0, 12])
  assert.equal(sources[0], 'tokenizer')
  assert.equal(reasons[0], 'added-by-tokenizer')
})

test('writes in parts what it gives as a whole', () => {
  const short = makeHardConversation()
  const long = makeMasked(
    Array.from({ length: 70_000 }, () => ({ text: 'a', reason: 'answer', weight: 0.1 }) as const),
  )
  for (const masked of [short, long, { ...short, turn: 2 }]) {
    assert.equal([...toExampleParts(masked, 3)].join(''), `${JSON.stringify(toExampleJson(masked, 3))}\n`)
  }
})

test('names the turn of an unrolled example, and puts what the row said before what the mask found', () => {
  const finding = {
    rule: 'no-stop-token',
    severity: 'warn',
    text: 'a',
    message: 1,
    startChar: 2,
    endChar: 3,
    token: 4,
  } as const
  const masked = makeMasked([{ text: 'a', reason: 'answer', weight: 1 }], { findings: [finding], turn: 1 })
  const row = { rule: 'field-ignored', severity: 'warn', text: 'b' } as const
  const json = toExampleJson(masked, 0, [row])
  assert.equal(json.turn, 1)
  assert.deepEqual(json.warnings, [
    { rule: 'field-ignored', severity: 'warn', message: null, text: 'b' },
    { rule: 'no-stop-token', severity: 'warn', message: 1, text: 'a', start: 2, end: 3, token: 4 },
  ])
})

test('writes a weight as a person would, and exactly', () => {
  const weights = [0.1, 1 / 3, 2, 0.25, 1e-7]
  const masked = makeMasked(weights.map(weight => ({ text: 'a', reason: 'answer', weight })))
  const written = toExampleJson(masked, 0).weights
  assert.deepEqual(written.map(Math.fround), weights.map(Math.fround))
  assert.equal(written[0], 0.1)
})
