// DataCollatorForCompletionOnlyLM itself is the oracle, in collate/trl.test.ts; here is the rule as a person would tell it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { labelAfterResponseTemplate } from './response-template.ts'

/** A row in letters: A opens an answer, Q a question; the rest is text. */
const toIds = (row: string) => [...row].map(letter => letter.charCodeAt(0))
const keptOf = (row: string, instruction?: string) => {
  const { kept, missing } = labelAfterResponseTemplate(
    toIds(row),
    toIds('A'),
    instruction === undefined ? undefined : toIds(instruction),
  )
  return { kept: [...row].filter((_, t) => kept[t] === 1).join(''), missing }
}

test('keeps what follows the last response template', () => {
  assert.deepEqual(keptOf('QxAoneQyAtwo'), { kept: 'two', missing: [] })
})

test('keeps every answer through to the next instruction template', () => {
  assert.deepEqual(keptOf('QxAone.QyAtwo.', 'Q'), { kept: 'one.two.', missing: [] })
})

test('keeps nothing where a template isn’t found, and says which', () => {
  assert.deepEqual(keptOf('Qx'), { kept: '', missing: ['response'] })
  assert.deepEqual(keptOf('Qx', 'Q'), { kept: '', missing: ['response', 'instruction'] })
  assert.deepEqual(keptOf('Aone', 'Q'), { kept: '', missing: ['instruction'] })
})

test('gives a row that starts with an answer a question at its start', () => {
  assert.deepEqual(keptOf('.Aone.QyAtwo', 'Q'), { kept: 'one.two', missing: [] })
})

test('drops a question that no answer follows', () => {
  assert.deepEqual(keptOf('QxAone.Qy', 'Q'), { kept: 'one.', missing: [] })
})

test('pairs by number, not by place: two questions in a row shift all that follows', () => {
  assert.deepEqual(keptOf('QxQyAone.QzAtwo.', 'Q'), { kept: '', missing: [] })
})
