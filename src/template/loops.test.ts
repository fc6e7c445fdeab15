import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findOuterLoops } from './loops.ts'

test('finds the loops that stand in no other, with their bodies and white space control', () => {
  const source =
    '{%- for m in messages -%}\n{% for c in m.x %}{% break %}{% endfor %}{%+ endfor %}{% for a, b in c %}{% endfor %}'
  const loops = findOuterLoops(source)
  assert.deepEqual(
    loops.map(({ bodyStartChar, bodyEndChar, startControl, endControl, item, obstacle }) => ({
      body: source.slice(bodyStartChar, bodyEndChar),
      controls: startControl + endControl,
      item,
      obstacle,
    })),
    [
      {
        body: '\n{% for c in m.x %}{% break %}{% endfor %}',
        controls: '-+',
        item: 'm',
        obstacle: undefined,
      },
      { body: '', controls: '', item: undefined, obstacle: undefined },
    ],
  )
})

test('an else of the loop’s own, and leaving behind something written, are obstacles', () => {
  for (const [body, tag] of [
    ['{% else %}b', 'else'],
    ['{{ b }}{% if m %}{% continue %}{% endif %}', 'continue'],
    ['b{% break %}', 'break'],
  ] as const)
    assert.equal(findOuterLoops(`{% for m in x %}${body}{% endfor %}`)[0]?.obstacle?.tag, tag, body)
  for (const body of [
    '{% if m %}a{% else %}b{% endif %}',
    '{% set a = m %}{% if a %}{{ raise_exception(a) }}{% continue %}{% endif %}b',
  ])
    assert.equal(findOuterLoops(`{% for m in x %}${body}{% endfor %}`)[0]?.obstacle, undefined, body)
})

test('an iteration is about the loop’s variable, or about what stands at its position', () => {
  const item = (loop: string): string | undefined => findOuterLoops(loop)[0]?.item
  assert.equal(item('{% for m in x if m.a %}{% endfor %}'), 'm')
  assert.equal(item('{% for i in range(x | length) %}{{ i }}{% set m = x[i] %}{% endfor %}'), 'x[i]')
  assert.equal(item('{% for i in range(3) %}{{ i }}{% endfor %}'), undefined)
  assert.equal(item('{% for a, b in x %}{% endfor %}'), undefined)
})

test('tells the blocks that a loop stands in, which may catch what it writes', () => {
  const blocks = (source: string): boolean[] =>
    findOuterLoops(source).flatMap(loop => [loop.isTop, loop.isCaught])
  assert.deepEqual(blocks('{% for m in x %}{% endfor %}'), [true, false])
  assert.deepEqual(blocks('{% set a = 1 %}{% if a %}{% for m in x %}{% endfor %}{% endif %}'), [false, false])
  assert.deepEqual(blocks('{% macro a() %}{% for m in x %}{% endfor %}{% endmacro %}'), [false, true])
  assert.deepEqual(blocks('{% set a %}{% for m in x %}{% endfor %}{% endset %}'), [false, true])
})
