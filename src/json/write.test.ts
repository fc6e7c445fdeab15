import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJson, writeJson } from './index.ts'

test('writes what it reads: floats that are whole, big ints, keys of digits, words of Python', () => {
  for (const text of [
    '{"b": 1, "1": 2, "__proto__": null}',
    '[1.0, 1e+21, 12345678901234567890, -2.5, NaN, -Infinity]',
    '"a\\n\\"\\u0001\\ud800"',
    '{"nested": [{}, [], [[true, false]]]}',
  ])
    assert.equal(writeJson(parseJson(text)), text)
})
