import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeHardConversation, makeMasked } from '../../test/cli/make-masked.ts'
import type { Masked } from '../mask/index.ts'
import { type Comparison, countDifferences, toCompareView, toComparisonJson, toDifferent } from './compare.ts'

const toPair = (first: readonly number[], second: readonly number[]): Comparison => {
  const make = (weights: readonly number[]): Masked =>
    makeMasked(
      weights.map(weight => ({
        text: 'a',
        message: 0,
        source: 'content',
        reason: weight === 0 ? 'other-turn' : 'answer',
        weight,
      })),
      { roles: ['assistant'] },
    )
  return { names: ['response-template', 'assistant'], masks: [make(first), make(second)] }
}

test('counts who trains what', () => {
  const comparison = toPair([1, 1, 0, 0, 1], [1, 0, 1, 0, 0.5])
  assert.deepEqual(countDifferences(comparison), {
    onlyFirst: 1,
    onlySecond: 1,
    both: 2,
    otherWeight: 1,
    neither: 1,
  })
  assert.equal(toDifferent(countDifferences(comparison)), 3)
  assert.deepEqual(toComparisonJson(comparison, 0).different, [1, 2, 4])
})

test('marks a token that differs, and no other', () => {
  const weight = fc.constantFrom(0, 0.5, 1)
  fc.assert(
    fc.property(fc.array(fc.tuple(weight, weight), { minLength: 1, maxLength: 30 }), pairs => {
      const comparison = toPair(
        pairs.map(([first]) => first),
        pairs.map(([, second]) => second),
      )
      const view = toCompareView(comparison, 'row 0', { width: 200, colors: 0 })
      const tokens = view
        .split('\n')
        .filter(line => /^.. ≠/.test(line))
        .reduce((sum, line) => sum + line.split(/ {2,}/).at(-1)!.split('│').length, 0)
      assert.equal(tokens, pairs.filter(([first, second]) => first !== second).length)
    }),
  )
})

test('says how many answers each trains', () => {
  const masked = makeHardConversation()
  const weights = masked.weights.map((_, t) => (masked.messages[t] === 4 && masked.sources[t] === 1 ? 1 : 0))
  const view = toCompareView(
    { names: ['response-template', 'assistant'], masks: [{ ...masked, weights }, masked] },
    'row 0',
    {
      width: 80,
      colors: 0,
    },
  )
  assert.match(view, /^▌ {2}response-template: 1 trained \(1\.4%\), 1 only here, 1 of 2 answers$/m)
  assert.match(view, /^ ▌ assistant: 24 trained \(34\.3%\), 24 only here, 1 of 2 answers$/m)
})

test('refuses masks of different tokens', () => {
  const comparison = {
    names: ['a', 'b'],
    masks: [makeHardConversation(), makeMasked([{ text: 'a', reason: 'answer' }])],
  } as const
  assert.throws(() => countDifferences(comparison), RangeError)
})
