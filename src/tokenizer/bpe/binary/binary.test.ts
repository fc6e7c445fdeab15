import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFastEncoder, type FastEncoder } from '../fast/encoder.ts'
import { FRAGMENTS, trainTinyModel } from '../fast/tiny-model.test.ts'
import { createBpeModel } from '../model.ts'
import type { BpeModel, BpeSpec } from '../spec.ts'
import { fromBinary, toBinary } from './binary.ts'

const STEPS = {
  preTokenizer: { kind: 'ByteLevel', addPrefixSpace: false, trimOffsets: false, useRegex: true },
} as const
const REPLACE = { kind: 'Replace', pattern: { kind: 'String', text: ' ' }, content: '▁' } as const
const END = {
  id: 999,
  content: '<|end|>',
  special: true,
  normalized: false,
  singleWord: false,
  lstrip: false,
  rstrip: false,
}
const TEXTS = Array.from({ length: 300 }, (_, i) =>
  Array.from({ length: 1 + (i % 17) }, (_, k) => FRAGMENTS[(i * 31 + k * k * 7) % FRAGMENTS.length]).join(''),
)

for (const [name, model] of [
  ['byte-level', trainTinyModel(true)],
  ['byte-level with ignore_merges', trainTinyModel(true, { ignoreMerges: true })],
  ['SentencePiece-style', trainTinyModel(false)],
] as const) {
  test(`${name}: what is read back encodes as what was written`, () => {
    const fast = make(model)
    const read = fromBinary(toBinary({ decoder: 'any data' }, fast))
    assert.ok(read)
    assert.deepEqual(read.steps, { decoder: 'any data' })
    const again = read.openFastEncoder()
    for (const text of TEXTS) assert.deepEqual(again.encode(text), fast.encode(text), JSON.stringify(text))
    const [general, generalAgain] = [createBpeModel(model), again.openModel()]
    for (const text of TEXTS) assert.deepEqual(tokensOf(generalAgain, text), tokensOf(general, text))
  })

  test(`${name}: the vocabulary is there both ways`, () => {
    const { vocabulary } = fromBinary(toBinary({}, make(model)))!
    assert.equal(vocabulary.size, model.vocab.size)
    for (const [token, id] of model.vocab) {
      assert.equal(vocabulary.tokenToId(token), id)
      assert.equal(vocabulary.idToToken(id), token)
    }
    assert.equal(vocabulary.tokenToId('not a token'), undefined)
    assert.equal(vocabulary.idToToken(-1), undefined)
    assert.equal(vocabulary.idToToken(1e6), undefined)
  })
}

test('a binary at any place of a larger buffer is read', () => {
  const bytes = toBinary({}, make(trainTinyModel(true)))
  const shifted = new Uint8Array(bytes.length + 3)
  shifted.set(bytes, 3)
  assert.ok(fromBinary(shifted.subarray(3)))
})

test('damaged and foreign bytes are refused', () => {
  const bytes = toBinary({}, make(trainTinyModel(true)))
  assert.equal(fromBinary(new Uint8Array(0)), undefined)
  assert.equal(fromBinary(new TextEncoder().encode('{"version": "1.0", "truncation": null}')), undefined)
  for (const cut of [1, 4, 1000, bytes.length - 8])
    assert.equal(fromBinary(bytes.subarray(0, bytes.length - cut)), undefined)
  for (let at = 0; at < bytes.length; at += 997) {
    const damaged = bytes.slice()
    damaged[at]! ^= 1 << (at % 8)
    assert.equal(fromBinary(damaged), undefined, `bit flipped in byte ${at}`)
  }
})

test('what was read from a binary is not written again', () => {
  const { openFastEncoder } = fromBinary(toBinary({}, make(trainTinyModel(true))))!
  assert.throws(() => toBinary({}, openFastEncoder()), { code: 'tokenizer/binary-again' })
})

function make(model: BpeSpec): FastEncoder {
  const steps = model.byteLevel
    ? { ...STEPS, normalizer: undefined }
    : { normalizer: REPLACE, preTokenizer: undefined }
  const fast = createFastEncoder({ ...steps, model, addedTokens: [END] })
  assert.ok(fast)
  return fast
}

function tokensOf(model: BpeModel, piece: string): number[][] {
  const tokens: number[][] = []
  model.encodePiece(piece, { push: (...token) => void tokens.push(token) })
  return tokens
}
