// Every rule is run on the input that it shows as wrong and on the nearest right one.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { findShared } from '../../test/interop/python.ts'
import { runExample } from '../../test/lint/run-example.ts'
import type { Json } from '../json/index.ts'
import { assistant, chat, GOOD, user } from './example.ts'
import type { RuleExample } from './rule.ts'
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

  /** Where a finding is worse than its rule is most often: the smallest input for each of the two. */
  const WORSE: readonly (readonly [rule: string, mild: RuleExample, grave: RuleExample])[] = [
    [
      'special-token-in-content',
      { rows: [chat(user('A <pad> here.'), assistant('Green.'))] },
      { rows: [chat(user('An <|im_end|> here.'), assistant('Green.'))] },
    ],
    [
      'field-ignored',
      { rows: [{ ...GOOD, system: 'Answer in one word.' }] },
      { rows: [chat(user('Colour of grass?'), assistant('Green.', { reasoning_content: 'Leaves.' }))] },
    ],
    ['generation-marks-missing', { rows: [GOOD] }, { rows: [GOOD], mask: { strategy: 'generation-marks' } }],
    [
      'no-trained-token',
      { rows: [chat(user('Colour of grass?')), ...Array<Json>(100).fill(GOOD)] },
      { rows: [chat(user('Colour of grass?')), ...Array<Json>(99).fill(GOOD)] },
    ],
  ]

  for (const [name, mild, grave] of WORSE) {
    test(`${name} is an error where it does more harm, and not before`, async () => {
      const severity = async (example: RuleExample): Promise<string | undefined> =>
        (await runExample(example)).groups.find(({ rule }) => rule.name === name)?.severity
      assert.notEqual(await severity(mild), undefined)
      assert.notEqual(await severity(mild), 'error')
      assert.equal(await severity(grave), 'error')
    })
  }

  test('has a name of its own, and words that are sentences', () => {
    assert.equal(new Set(RULES.map(({ name }) => name)).size, RULES.length)
    for (const { name, trigger, effect, fix } of RULES)
      for (const text of [trigger, effect, fix]) assert.match(text, /^[A-Z0-9“"{][^\n]*[.)]$/, name)
  })
})

test('the rules are those of the list, in its order and as grave, and seven more', t => {
  const list = findShared('lint-rules.md')
  if (list === undefined) return t.skip('../shared is not here')
  const listed = [...readFileSync(list, 'utf8').matchAll(/^\| (`[^|]+`) \| (error|warn|info)\b/gm)].flatMap(
    ([, cell, severity]) => cell!.split(' / ').map(name => [name.replaceAll('`', ''), severity] as const),
  )
  const names = listed.map(([name]) => name)
  assert.deepEqual(
    listed.map(([name]) => [name, RULES.find(rule => rule.name === name)?.severity]),
    listed,
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
