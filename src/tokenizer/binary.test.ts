import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromBinary, toBinary } from './binary.ts'
import { FRAGMENTS, trainTinyModel } from './bpe/fast/tiny-model.test.ts'
import { Tokenizer } from './load.ts'

test('a tokenizer from its binary does what it did', async () => {
  const tokenizer = await Tokenizer.fromJSON(tinyTokenizer({ type: 'ByteLevel', add_prefix_space: false }))
  const bytes = toBinary(tokenizer)
  assert.ok(bytes)
  const again = await fromBinary(bytes)
  assert.ok(again)
  assert.equal(again.vocabSize, tokenizer.vocabSize)
  for (let i = 0; i < 500; i++) {
    const text = `${FRAGMENTS[i % FRAGMENTS.length]}<|end|>${FRAGMENTS[(i * 7) % FRAGMENTS.length]} <pad>`
    const encoded = tokenizer.encode(text)
    assert.deepEqual(again.encode(text), encoded)
    assert.equal(again.decode(encoded.ids), tokenizer.decode(encoded.ids))
  }
  for (let id = 0; id < 1003; id++) {
    assert.equal(again.idToToken(id), tokenizer.idToToken(id))
    assert.equal(again.isAdded(id), tokenizer.isAdded(id))
    assert.equal(again.isSpecial(id), tokenizer.isSpecial(id))
  }
  assert.equal(again.tokenToId('<|end|>'), tokenizer.tokenToId('<|end|>'))
  assert.equal(await fromBinary(bytes.subarray(8)), undefined)
})

test('has no binary for a tokenizer that takes the general path', async () => {
  const tokenizer = await Tokenizer.fromJSON(tinyTokenizer({ type: 'ByteLevel', add_prefix_space: true }))
  assert.equal(toBinary(tokenizer), undefined)
})

function tinyTokenizer(preTokenizer: object): object {
  const { vocab, merges } = trainTinyModel(true)
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false }
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }
  return {
    version: '1.0',
    // The second one takes white space in: its texts go the general path, in the binary too.
    added_tokens: [
      { id: 1000, content: '<|end|>', special: true, ...plain },
      { id: 1001, content: '<pad>', special: false, ...plain, lstrip: true },
    ],
    normalizer: null,
    pre_tokenizer: { ...byteLevel, ...preTokenizer },
    post_processor: byteLevel,
    decoder: byteLevel,
    model: { type: 'BPE', vocab: Object.fromEntries(vocab), merges },
  }
}
