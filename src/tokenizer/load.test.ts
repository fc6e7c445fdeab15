import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { describeError, LosslineError } from '../error.ts'
import { Tokenizer } from './index.ts'

const BPE = {
  type: 'BPE',
  dropout: null,
  unk_token: null,
  vocab: { a: 0, b: 1, ab: 2, ' ': 3 },
  merges: ['a b'],
}
const TOKENIZER = {
  version: '1.0',
  truncation: { max_length: 1, stride: 0, strategy: 'LongestFirst', direction: 'Right' },
  padding: null,
  added_tokens: [
    {
      id: 4,
      content: '<s>',
      single_word: false,
      lstrip: false,
      rstrip: true,
      normalized: false,
      special: true,
    },
  ],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: { type: 'Fuse' },
  model: BPE,
}
const WORD_LEVEL = {
  ...TOKENIZER,
  pre_tokenizer: { type: 'WhitespaceSplit' },
  model: { type: 'WordLevel', vocab: { '😀': 0, hi: 1, '[UNK]': 2 }, unk_token: '[UNK]' },
}

test('names the place in the file where something else was expected', async () => {
  const cases: [change: object, line: string][] = [
    [{ model: undefined }, 'model is missing: expected a model with its vocabulary.'],
    [{ model: { ...BPE, type: 'Bigram' } }, 'model.type is "Bigram": expected one of BPE'],
    [{ model: { ...BPE, vocab: { a: 'x' } } }, 'model.vocab "a" has the id "x": expected a whole number'],
    [{ model: { ...BPE, merges: ['a b', 'ab'] } }, 'model.merges[1] is "ab": expected two tokens'],
    [
      { model: { ...BPE, merges: ['b a'] } },
      'model.merges[0] needs the token "ba", which the vocabulary lacks',
    ],
    [{ normalizer: { type: 'Magic' } }, 'normalizer.type is "Magic": expected one of Sequence, NFC'],
    [
      {
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [{ type: 'Split', pattern: {}, behavior: 'Isolated' }],
        },
      },
      'pre_tokenizer.pretokenizers[0].pattern is {}: expected {"String": …} or {"Regex": …}',
    ],
    [{ added_tokens: [{ id: 0 }] }, 'added_tokens[0].content is missing: expected a string'],
    [{ normalizer: { type: 'constructor' } }, 'normalizer.type is "constructor": expected one of'],
  ]
  for (const [change, line] of cases) {
    const error = await Tokenizer.fromJSON({ ...TOKENIZER, ...change }).catch((reason: unknown) => reason)
    assert.ok(error instanceof LosslineError, line)
    const found = describeError(error)
    assert.ok(found.startsWith(`tokenizer.json ${line}`), `${found}\n${line}`)
  }
})

test('says where a file is cut, and that something is no JSON', async () => {
  const text = JSON.stringify(TOKENIZER)
  await assert.rejects(Tokenizer.fromJSON(text.slice(0, 200)), {
    code: 'tokenizer/json',
    message: 'breaks off after 200 characters: expected JSON that ends with }',
    where: 'tokenizer.json',
  })
  await assert.rejects(Tokenizer.fromJSON('[1, 2]'), { message: 'is [1,2]: expected an object' })
  await assert.rejects(Tokenizer.fromJSON('{"model": nothing}'), {
    code: 'tokenizer/json',
    message: /is no JSON/,
  })
})

test('reads a folder, as it is or with gzip, with its tokenizer_config.json', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'lossline-tokenizer-'))
  t.after(() => rmSync(folder, { recursive: true }))
  await assert.rejects(Tokenizer.fromFolder(folder), { code: 'tokenizer/no-file', where: folder })
  writeFileSync(join(folder, 'tokenizer.json.gz'), gzipSync(JSON.stringify(TOKENIZER)))
  writeFileSync(join(folder, 'tokenizer_config.json'), '{"pad_token": "<pad>"}')
  const tokenizer = await Tokenizer.fromFolder(folder)
  assert.equal(tokenizer.tokenToId('<pad>'), 5)
  assert.equal(tokenizer.vocabSize, 6)
  writeFileSync(join(folder, 'tokenizer_config.json'), '{"pad_token": ')
  await assert.rejects(Tokenizer.fromFolder(folder), { where: `${folder} tokenizer_config.json` })
})

test("doesn't cut as the file's truncation says, and knows its tokens", async () => {
  const tokenizer = await Tokenizer.fromJSON(TOKENIZER)
  const { ids, starts, ends } = tokenizer.encode('ab<s> b\ud800')
  assert.deepEqual([[...ids], [...starts], [...ends]], [[2, 4, 1], [0, 2, 6], [2, 6, 7]]) // biome-ignore format: a table
  assert.equal(tokenizer.decode(ids), 'abb')
  assert.equal(tokenizer.decode(ids, { skipSpecialTokens: false }), 'ab<s>b')
  assert.equal(tokenizer.idToToken(4), '<s>')
  assert.equal(tokenizer.idToToken(99), undefined)
  assert.deepEqual([tokenizer.isSpecial(4), tokenizer.isAdded(4), tokenizer.isAdded(0)], [true, true, false])
})

test('leaves other models to the native package, by the same interface', async () => {
  const tokenizer = await Tokenizer.fromJSON(WORD_LEVEL)
  const { ids, starts, ends } = tokenizer.encode('😀 hi 😀😀 <s> hi')
  assert.deepEqual([...ids], [0, 1, 2, 3, 1])
  assert.deepEqual([...starts], [0, 3, 6, 11, 15])
  assert.deepEqual([...ends], [2, 5, 10, 15, 17])
  assert.equal(tokenizer.decode([1, 3, 0]), 'hi😀')
  assert.equal(tokenizer.decode([1, 3, 0], { skipSpecialTokens: false }), 'hi<s>😀')
  assert.deepEqual([tokenizer.tokenToId('hi'), tokenizer.tokenToId('no')], [1, undefined])
  assert.deepEqual([tokenizer.idToToken(3), tokenizer.idToToken(77)], ['<s>', undefined])
  assert.deepEqual(
    [tokenizer.isSpecial(3), tokenizer.isAdded(3), tokenizer.isSpecial(1)],
    [true, true, false],
  )
  assert.equal(tokenizer.vocabSize, 4)
})

test('leaves BPE to the native package where JavaScript would match otherwise', async () => {
  const split = { type: 'Split', pattern: { Regex: '(.)\\1' }, behavior: 'Isolated', invert: false }
  const tokenizer = await Tokenizer.fromJSON({ ...TOKENIZER, pre_tokenizer: split })
  assert.deepEqual([...tokenizer.encode('aab').ids], [0, 0, 1])
})

test('says what the native package refuses', async () => {
  const model = { ...WORD_LEVEL.model, unk_token: 7 }
  await assert.rejects(Tokenizer.fromJSON({ ...WORD_LEVEL, model }), {
    code: 'tokenizer/json',
    message: /native package/,
  })
})
