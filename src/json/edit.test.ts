import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { editJson, type JsonPath } from './edit.ts'
import { type Json, JsonFloat } from './json.ts'
import { parseJson } from './parse.ts'

test('puts a value in the place of another, and leaves all other characters as they are', () => {
  const text = ' {"a" : [1.0,  {"b":\t"x\\u00e9\\"]" , "c": null}], "d": 1e3 }\n'
  const { text: edited, changes } = editJson(text, [
    { kind: 'value', path: ['a', 1, 'b'], text: '[2]' },
    { kind: 'key', path: ['d'], key: 'é' },
  ])
  assert.equal(edited, ' {"a" : [1.0,  {"b":\t[2] , "c": null}], "é": 1e3 }\n')
  assert.deepEqual(changes, [
    { path: ['a', 1, 'b'], before: '"x\\u00e9\\"]"', after: '[2]' },
    { path: ['d'], before: '"d": 1e3', after: '"é": 1e3' },
  ])
})

test('goes on through a string that holds JSON, as cells of CSV do', () => {
  const text = JSON.stringify({ messages: '[{"role": "User"}]' })
  const { text: edited } = editJson(text, [{ kind: 'value', path: ['messages', 0, 'role'], text: '"user"' }])
  assert.equal(edited, JSON.stringify({ messages: '[{"role": "user"}]' }))
})

test('edits the last of equal keys, which is the one that is read', () => {
  const { text } = editJson('{"a": 1, "a": 2}', [{ kind: 'value', path: ['a'], text: '3' }])
  assert.equal(text, '{"a": 1, "a": 3}')
})

test('adds a key to an object that lacks it, and only there', () => {
  const add = (text: string, path: JsonPath): ReturnType<typeof editJson> =>
    editJson(text, [{ kind: 'added', path, text: '""' }])
  assert.deepEqual(add('{"a": [{"b": 1 }, { }]}', ['a', 0, 'c']), {
    text: '{"a": [{"b": 1 , "c": ""}, { }]}',
    changes: [{ path: ['a', 0, 'c'], before: 'null', after: '""' }],
  })
  assert.equal(add('{"a": [{"b": 1 }, { }]}', ['a', 1, 'c']).text, '{"a": [{"b": 1 }, { "c": ""}]}')
  assert.equal(add('{"a": "{\\"b\\": 1}"}', ['a', 'c']).text, '{"a": "{\\"b\\": 1, \\"c\\": \\"\\"}"}')
  for (const [text, path] of [
    ['{"a": [1]}', ['a', 'c']],
    ['{"a": 1}', ['b', 'c']],
  ] as const)
    assert.throws(() => add(text, path), RangeError)
})

test('a path that leads nowhere is an error of the caller', () => {
  for (const path of [['b'], ['a', 0, 'c'], ['a', 7]])
    assert.throws(() => editJson('{"a": [1]}', [{ kind: 'value', path, text: '0' }]), RangeError)
})

test('any value at any place becomes the other one, and the rest stays the same', () => {
  fc.assert(
    fc.property(fc.json(), fc.json(), fc.nat(), fc.constantFrom(0, 1, '\t'), (json, other, pick, indent) => {
      const text = JSON.stringify(JSON.parse(json), null, indent)
      const paths = listPaths(parseJson(text))
      fc.pre(paths.length > 0)
      const path = paths[pick % paths.length]!
      const { text: edited, changes } = editJson(text, [{ kind: 'value', path, text: other }])
      assert.equal(changes.length, 1)
      assert.deepEqual(at(parseJson(edited), path), parseJson(other))
      const back = editJson(edited, [{ kind: 'value', path, text: changes[0]!.before }])
      assert.equal(back.text, text)
    }),
  )
})

function entriesOf(value: Json): readonly (readonly [string | number, Json])[] {
  if (Array.isArray(value)) return [...(value as readonly Json[]).entries()]
  if (value instanceof Map) return [...(value as ReadonlyMap<string, Json>)]
  return typeof value === 'object' && value !== null && !(value instanceof JsonFloat)
    ? Object.entries(value)
    : []
}

function listPaths(value: Json, path: JsonPath = []): JsonPath[] {
  return entriesOf(value).flatMap(([step, item]) => [[...path, step], ...listPaths(item, [...path, step])])
}

function at(value: Json, path: JsonPath): Json | undefined {
  return path.reduce<Json | undefined>(
    (found, step) => entriesOf(found ?? null).find(([key]) => key === step)?.[1],
    value,
  )
}
