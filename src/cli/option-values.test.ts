import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JsonFloat } from '../json/index.ts'
import { findNearest } from '../nearest.ts'
import { date, kwargs, list, marker, roleMap, rowRange } from './option-values.ts'

const refuses = (parse: () => unknown): void =>
  assert.throws(parse, { name: 'LosslineError', code: 'cli/option' })

test('reads rows as a range, open at either end', () => {
  assert.deepEqual(rowRange('2:5'), { startRow: 2, endRow: 5 })
  assert.deepEqual(rowRange(':5'), { startRow: 0, endRow: 5 })
  assert.deepEqual(rowRange('2:'), { startRow: 2, endRow: undefined })
  for (const text of ['5', '5:5', '5:2', ':0', 'a:b', '-1:3', '1:2:3']) refuses(() => rowRange(text))
})

test('reads a marker as text with line breaks, or as ids', () => {
  assert.equal(marker('<|im_start|>assistant\\n'), '<|im_start|>assistant\n')
  assert.equal(marker('[INST]'), '[INST]')
  assert.deepEqual(marker(' [523, 321] '), [523, 321])
  for (const text of ['', '[]', '[1,,2]']) refuses(() => marker(text))
})

test('reads a moment in local time, and a day as its start', () => {
  assert.equal(date('2026-01-15T09:30:00').getHours(), 9)
  assert.equal(date('2026-01-15').getHours(), 0)
  assert.equal(date('2026-01-15T09:30:00Z').toISOString(), '2026-01-15T09:30:00.000Z')
  for (const text of ['now', '2026-13-01', '15.1.2026', '5']) refuses(() => date(text))
})

test('reads variables of the template as Python would', () => {
  assert.deepEqual(kwargs('{"a": 1.0, "b": [true, null]}'), { a: new JsonFloat(1), b: [true, null] })
  assert.deepEqual(kwargs('{"b": 1, "1": 2}'), { b: 1, 1: 2 })
  for (const text of ['[1]', '1', 'null', '{a: 1}', '1.0']) refuses(() => kwargs(text))
})

test('reads lists and pairs of names', () => {
  assert.deepEqual(list('a, b'), ['a', 'b'])
  assert.deepEqual(roleMap('bot=assistant,me=user'), { bot: 'assistant', me: 'user' })
  for (const text of ['a=', '=b', 'a', 'a=b=c', 'a=b,']) refuses(() => roleMap(text))
})

test('finds the name that was meant, or none', () => {
  const names = ['assistant', 'completion', 'all', 'response-template']
  assert.equal(findNearest('assistent', names), 'assistant')
  assert.equal(findNearest('Response_Template', names), 'response-template')
  assert.equal(findNearest('xyz', names), undefined)
})
