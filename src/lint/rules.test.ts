// Every rule is run on the input that it shows as wrong and on the nearest right one.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { findShared } from '../../test/interop/python.ts'
import { runExample } from '../../test/lint/run-example.ts'
import { RULES } from './rules/index.ts'

describe('each rule', () => {
  for (const rule of RULES) {
    test(`${rule.name} fires on its wrong example, and not on the right one`, async () => {
      const wrong = await runExample(rule.wrong)
      const found = wrong.groups.filter(group => group.rule === rule)
      assert.notEqual(found.length, 0, `found ${wrong.groups.map(group => group.rule.name).join(', ')}`)
      const right = await runExample(rule.right)
      assert.deepEqual(
        right.groups.filter(group => group.rule === rule).flatMap(({ examples }) => examples),
        [],
      )
    })
  }

  test('has a name of its own, and words that are sentences', () => {
    assert.equal(new Set(RULES.map(({ name }) => name)).size, RULES.length)
    for (const { name, trigger, effect, fix } of RULES)
      for (const text of [trigger, effect, fix]) assert.match(text, /^[A-Z0-9“"{][^\n]*[.)]$/, name)
  })
})

test('the rules are those of the list, in its order, and seven more', t => {
  const list = findShared('lint-rules.md')
  if (list === undefined) return t.skip('../shared is not here')
  const names = [...readFileSync(list, 'utf8').matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell]) =>
    cell!.split(' / ').map(name => name.replaceAll('`', '')),
  )
  assert.deepEqual(
    RULES.map(({ name }) => name),
    [
      ...names,
      ...['unusable-row', 'kwarg-not-read', 'tool-without-function'],
      ...['stop-not-in-generation-config', 'token-ids-differ', 'vocabulary-too-small', 'templates-differ'],
    ],
  )
})
