import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeTokenizer } from '../../../test/mask/tokenizer.ts'
import { makeTextStream } from './text-stream.ts'

const tokenizer = await makeTokenizer('<|im_end|>')

test('gives in pieces what decoding all at once gives, and never half a character', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ' ', '\n', 'é', '語', '😀', '<|im_end|>'),
    maxLength: 200,
  })
  fc.assert(
    fc.property(text, written => {
      const ids = [...tokenizer.encode(written, { addSpecialTokens: false }).ids]
      const stream = makeTextStream(tokenizer)
      const pieces = ids.map(id => stream.push(id))
      for (const piece of pieces) assert.ok(!piece.includes('\uFFFD'), piece)
      assert.equal([...pieces, stream.end()].join(''), tokenizer.decode(ids))
    }),
  )
})

test('says at the end what is no whole character', () => {
  const [first] = tokenizer.encode('語', { addSpecialTokens: false }).ids
  const stream = makeTextStream(tokenizer)
  assert.equal(stream.push(first!), '')
  assert.equal(stream.end(), '\uFFFD')
})
