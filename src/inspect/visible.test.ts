import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { toHarmless, toVisible } from './visible.ts'

test('shows white space, and writes out what could act on a terminal', () => {
  assert.equal(toVisible(' a\tb\n'), '·a⇥b⏎')
  assert.equal(toVisible('\x1b[31mred\x07\r\x7f'), '␛[31mred␇␍␡')
  assert.equal(toVisible('\x9b31m'), '\\u009b31m')
  assert.equal(toVisible('a\u202eb\u200dc\u00a0'), 'a\\u202eb\\u200dc\\u00a0')
  assert.equal(toVisible('\ud800'), '\\ud800')
  assert.equal(toVisible('\u{e0041}'), '\\u{e0041}')
})

test('draws a mark that would combine with its neighbour on a circle of its own', () => {
  assert.equal(toVisible('\u0301'), '◌\u0301')
  assert.equal(toVisible('e\u0301'), 'e\u0301')
})

test('never passes on a control character, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      assert.doesNotMatch(toVisible(text), /[\p{Cc}\p{Cf}\p{Z}\p{Cs}]/u)
      assert.doesNotMatch(toHarmless(text).replace(/[ \n\t]/g, ''), /[\p{Cc}\p{Cf}\p{Z}\p{Cs}]/u)
    }),
  )
})

test('keeps lines and tabs of text that is shown as text', () => {
  assert.equal(toHarmless('a b\n\tc\x1b[2J'), 'a b\n\tc␛[2J')
})
