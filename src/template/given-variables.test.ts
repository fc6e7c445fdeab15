import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findGivenVariables } from './given-variables.ts'

const names = (source: string): string[] => findGivenVariables(source).map(({ name }) => name)
const constants = (source: string): readonly (string | number)[] => findGivenVariables(source)[0]!.constants

test('lists what a template reads and nobody sets', () => {
  assert.deepEqual(names('{% if enable_thinking %}<think>{% endif %}{{ date }}'), ['enable_thinking', 'date'])
  assert.deepEqual(
    names('{{ messages }}{{ tools }}{{ add_generation_prompt }}{{ bos_token }}{{ range(3) }}'),
    [],
  )
})

test('leaves out what the template makes itself', () => {
  assert.deepEqual(names('{% set a = 1 %}{{ a }}{% for b in messages %}{{ b ~ loop.index }}{% endfor %}'), [])
  assert.deepEqual(
    names('{% macro m(c) %}{{ c ~ n() }}{% endmacro %}{% macro n() %}{% endmacro %}{{ m(1) }}'),
    [],
  )
  assert.deepEqual(names('{% if tools %}{% set d = 1 %}{% else %}{% set d = 2 %}{% endif %}{{ d }}'), [])
  assert.deepEqual(names('{% with e = 1 %}{{ e }}{% endwith %}'), [])
  assert.deepEqual(names('{% set f %}text{% endset %}{{ f }}'), [])
})

test('what is set in a loop is gone behind it', () => {
  assert.deepEqual(
    names('{% for m in messages %}{% set a = 1 %}{% endfor %}{% if a is defined %}{% endif %}'),
    ['a'],
  )
})

test('a name that the template sets now and then is the caller’s only where it asks for it', () => {
  const set = '{% if tools %}{% set system = 1 %}{% endif %}'
  assert.deepEqual(names(`${set}{{ system }}`), [])
  assert.deepEqual(names(`{% if effort is not defined %}{% set effort = 'low' %}{% endif %}{{ effort }}`), [
    'effort',
  ])
  assert.deepEqual(names(`{{ thinking | default(true) }}`), ['thinking'])
})

test('lists the constants that a variable is compared with, or replaced by', () => {
  assert.deepEqual(constants("{% if effort == 'high' or 'low' == effort %}{% endif %}"), ['high', 'low'])
  assert.deepEqual(constants("{% if effort in ['a', 'b'] or effort not in ('c',) %}{% endif %}"), [
    'a',
    'b',
    'c',
  ])
  assert.deepEqual(constants("{% if (effort | lower).strip() == 'x' %}{% endif %}"), ['x'])
  assert.deepEqual(constants("{{ effort | default('medium') }}"), ['medium'])
  assert.deepEqual(constants("{{ {'fast': 1, 'slow': 2}[effort] }}"), ['fast', 'slow'])
  assert.deepEqual(constants('{% if budget == 0 %}{% endif %}'), [0])
})

test('follows a variable into those that are set from it', () => {
  assert.deepEqual(constants("{% set e = effort if effort else 'mid' %}{% if e == 'top' %}{% endif %}"), [
    'mid',
    'top',
  ])
  assert.deepEqual(constants("{% set ns = namespace(e=effort) %}{% if ns.e == 'top' %}{% endif %}"), ['top'])
  assert.deepEqual(
    constants("{% set ns = namespace() %}{% set ns.e = effort %}{% if ns.e == 'top' %}{% endif %}"),
    ['top'],
  )
})

test('a comparison of something else is none of it', () => {
  assert.deepEqual(constants("{% if effort and messages[0].role == 'system' %}{% endif %}"), [])
})
