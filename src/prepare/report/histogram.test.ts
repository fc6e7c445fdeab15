import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { toHistogram } from './histogram.ts'

const lengths = fc
  .array(fc.tuple(fc.nat({ max: 20_000 }), fc.integer({ min: 1, max: 5000 })), { minLength: 1 })
  .map(entries => new Map(entries))

test('has every example in one bar, whose range is where its length is', () => {
  fc.assert(
    fc.property(lengths, lengths => {
      const toNumber = (text: string | undefined): number => Number(text?.replaceAll(',', ''))
      const titles = [...toHistogram(lengths).matchAll(/<title>([\d,]+) to ([\d,]+) tokens: ([\d,]+)</g)]
      for (const [, first, last, shown] of titles) {
        let count = 0
        for (const [length, examples] of lengths)
          if (length >= toNumber(first) && length <= toNumber(last)) count += examples
        assert.equal(toNumber(shown), count)
      }
      const shown = titles.reduce((sum, title) => sum + toNumber(title[3]), 0)
      assert.equal(
        shown,
        [...lengths.values()].reduce((sum, count) => sum + count, 0),
      )
    }),
  )
})

test('says so when the last bar has all that is longer', () => {
  assert.match(
    toHistogram(
      new Map([
        [100, 1000],
        [9000, 1],
      ]),
    ),
    /The last bar has all from 117 tokens\./,
  )
  assert.doesNotMatch(toHistogram(new Map([[100, 1000]])), /The last bar/)
})

test('says that there are no examples', () => {
  assert.match(toHistogram(new Map()), /No examples/)
})
