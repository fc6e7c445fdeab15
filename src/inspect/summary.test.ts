import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeHardConversation, makeMasked } from '../../test/cli/make-masked.ts'
import { toShare, toThousands } from './numbers.ts'
import { Summariser, toSummaryView } from './summary.ts'

test('counts every token once by role and once by source', () => {
  const summariser = new Summariser()
  const masked = makeHardConversation()
  for (const row of [0, 1, 2]) summariser.add(masked, `row ${row}`)
  const { total, roles, sources, examples } = summariser.summary
  const trained = masked.weights.filter(weight => weight > 0).length
  assert.equal(examples, 3)
  assert.deepEqual(total, { name: 'total', tokens: 3 * masked.weights.length, trained: 3 * trained })
  for (const counts of [roles, sources]) {
    assert.equal(
      counts.reduce((sum, { tokens }) => sum + tokens, 0),
      total.tokens,
    )
    assert.equal(
      counts.reduce((sum, count) => sum + count.trained, 0),
      total.trained,
    )
  }
  assert.deepEqual(
    roles.map(({ name }) => name),
    ['(none)', 'system', 'user', 'assistant'],
  )
})

test('tells equal findings once with their number, errors first, and acts on no terminal', () => {
  const summariser = new Summariser()
  for (let row = 0; row < 1205; row++) summariser.add(makeHardConversation(), `row ${row}`)
  const view = toSummaryView(summariser.summary, { width: 80, colors: 0 })
  assert.doesNotMatch(view, /\x1b/)
  assert.match(
    view,
    /error no-stop-token\n {2}row 0, message 4: Nothing ends answer 4.*\n {2}And 1,204 more like it\.\nwarn/,
  )
})

test('has no table of roles for rows without messages', () => {
  const summariser = new Summariser()
  summariser.add(makeMasked([{ text: 'a', reason: 'plain-text', weight: 1, source: 'text' }]), 'row 0')
  const view = toSummaryView(summariser.summary, { width: 80, colors: 0 })
  assert.equal(
    view.split('\n').slice(2).join('\n'),
    [
      '  source         tokens  trained    share',
      '  text                1        1     100%',
      '  total               1        1     100%',
    ].join('\n'),
  )
})

test('never says 0% of some nor 100% of not all', () => {
  assert.equal(toShare(1, 100_000), '0.1%')
  assert.equal(toShare(99_999, 100_000), '99.9%')
  assert.equal(toShare(0, 7), '0%')
  assert.equal(toShare(0, 0), '–')
  assert.equal(toThousands(1234567), '1,234,567')
})
