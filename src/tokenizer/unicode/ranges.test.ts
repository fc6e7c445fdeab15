import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Tokenizer as NativeTokenizer } from 'tokenizers'
import { categoryRanges, forEachCategoryRun } from './ranges.ts'

test('runs cover all code points in order', () => {
  let next = 0
  forEachCategoryRun((_, first, last) => {
    assert.equal(first, next)
    assert.ok(last >= first)
    next = last + 1
  })
  assert.equal(next, 0x110000)
})

for (const category of ['L', 'N', 'M', 'P', 'S', 'Lu', 'Ll']) {
  test(`\\p{${category}} is the native package's`, () => {
    const split = splitNatively(category)
    const ours = new Set<number>()
    for (const [first, last] of categoryRanges(category))
      for (let code = first; code <= last; code++) ours.add(code)
    for (let first = 0; first < 0x110000; first += 0x800) {
      if (first === 0xd800) continue
      const chars = Array.from({ length: 0x800 }, (_, i) => String.fromCodePoint(first + i))
      const expected = chars.filter(char => ours.has(char.codePointAt(0)!)).join('')
      assert.equal(split(chars.join('')), expected, `from U+${first.toString(16)}`)
    }
  })
}

/** What is left of a text when all but the category's characters are removed. */
function splitNatively(category: string): (text: string) => string {
  const pattern = { Regex: `\\p{${category}}` }
  const native = NativeTokenizer.fromString(
    JSON.stringify({
      version: '1.0',
      added_tokens: [],
      pre_tokenizer: { type: 'Split', pattern, behavior: 'Removed', invert: true },
      model: { type: 'BPE', vocab: {}, merges: [] },
    }),
  ).getPreTokenizer()
  assert.ok(native)
  return text =>
    native
      .preTokenizeString(text)
      .map(([piece]) => piece)
      .join('')
}
