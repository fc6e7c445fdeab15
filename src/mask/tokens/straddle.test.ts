import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeTokenizerJson } from '../../../test/mask/tokenizer.ts'
import { ChatTemplate } from '../../template/index.ts'
import { Tokenizer } from '../../tokenizer/index.ts'
import { maskExample } from '../mask.ts'

/** A byte-level tokenizer with the merges given, first ones first. */
function makeMerging(merges: readonly (readonly [string, string])[]): Promise<Tokenizer> {
  const json = makeTokenizerJson('') as { model: { vocab: Record<string, number>; merges: unknown } }
  for (const [left, right] of merges)
    json.model.vocab[left + right] = 1000 + Object.keys(json.model.vocab).length
  return Tokenizer.fromJSON({ ...json, model: { ...json.model, merges } })
}

test('gives the ids that inference has, back to where both splits agree', async () => {
  const tokenizer = await makeMerging([
    ['b', 'c'],
    ['a', 'b'],
    ['c', 'd'],
    ['d', 'e'],
  ])
  const template = ChatTemplate.compile(
    "{% for m in messages %}{{ m.role[0] + ':' + ('' if m.role == 'user' else 'ab') + m.content }}{% endfor %}{% if add_generation_prompt %}a:ab{% endif %}",
  )
  const messages = [
    { role: 'user', content: 'x' },
    { role: 'assistant', content: 'cde' },
  ]
  const context = { tokenizer, templates: [template], specialTokens: {}, stopIds: new Set<number>() }
  const [masked] = maskExample({ kind: 'conversation', messages, training: [undefined, undefined] }, context)
  assert.equal(masked!.rendered.text, 'u:xa:abcde')
  const words = (ids: ArrayLike<number>): string[] => Array.from(ids, id => tokenizer.idToToken(id)!)
  assert.deepEqual(words(masked!.encoded.ids).slice(-3), ['a', 'bc', 'de'])
  const found = masked!.findings.find(({ rule }) => rule === 'token-straddles-boundary')!
  // The prompt ends in "ab", the answer is "cd" and "e".
  assert.deepEqual(words(found.inferenceIds!), ['ab', 'cd', 'e'])
  assert.equal(masked!.rendered.text.slice(found.startChar, found.endChar), 'abcde')
  assert.deepEqual(words([masked!.encoded.ids[found.token!]!]), ['bc'])
  assert.equal(masked!.weights[found.token!], 1)
})
