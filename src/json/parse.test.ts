import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Json, JsonFloat } from './json.ts'
import { parseJson } from './parse.ts'

test('keys that look like indexes keep their place', () => {
  assert.deepEqual(
    parseJson('{"b":1,"1":2,"a":{"x":0}}'),
    new Map<string, Json>([
      ['b', 1],
      ['1', 2],
      ['a', { x: 0 }],
    ]),
  )
  assert.deepEqual([...(parseJson('{"b":1,"\\u0031":2}') as Map<string, Json>).keys()], ['b', '1'])
})

test('__proto__ is a key like any other', () => {
  for (const text of ['{"__proto__":{"a":1}}', '{"__proto__":{"a":1.0}}']) {
    const value = parseJson(text) as Record<string, Json>
    assert.equal(Object.getPrototypeOf(value), Object.prototype)
    assert.deepEqual(Object.keys(value), ['__proto__'])
  }
})

test('of equal keys the last value counts, in the first one’s place', () => {
  for (const one of ['1', '1.0']) {
    const value = parseJson(`{"a":0,"b":2,"a":${one}}`) as Record<string, Json>
    assert.deepEqual(Object.keys(value), ['a', 'b'])
    assert.deepEqual(value['a'], one === '1' ? 1 : new JsonFloat(1))
  }
})

test('an error tells the position, what was expected and what is there', () => {
  for (const [text, where, message] of [
    ['{"a" 1}', 'character 5', `expected ':', found "1}"`],
    ['[1, 2', 'character 5', `expected ',' or ']', the text ends`],
    ['{"a":1,}', 'character 7', 'expected a key in double quotes, found "}"'],
    ['"abc', 'character 4', 'expected the end of the string that starts at character 0, the text ends'],
    ['1 2', 'character 2', 'expected the end, found "2"'],
    ['', 'character 0', 'expected a value, the text ends'],
  ] as const) {
    assert.throws(() => parseJson(text), { name: 'LosslineError', code: 'json/syntax', where, message })
  }
})

test('great depth is an error, not an overflow of the stack', () => {
  for (const one of ['1', '1.0']) {
    assert.ok(parseJson('['.repeat(900) + one + ']'.repeat(900)))
    assert.throws(() => parseJson('['.repeat(100_000) + one), { code: 'json/depth' })
    assert.throws(() => parseJson('{"a":'.repeat(100_000) + one), { code: 'json/depth' })
  }
})
