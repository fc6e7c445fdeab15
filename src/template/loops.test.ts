import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findOuterLoops } from './loops.ts'

test('finds the loops that stand in no other, with their bodies and white space control', () => {
  const source =
    '{%- for m in messages -%}\n{% for c in m.x %}{% break %}{% endfor %}{%+ endfor %}{% for a, b in c %}{% endfor %}'
  const loops = findOuterLoops(source)
  assert.deepEqual(
    loops.map(({ bodyStartChar, bodyEndChar, startControl, endControl, target, isPlain }) => ({
      body: source.slice(bodyStartChar, bodyEndChar),
      controls: startControl + endControl,
      target,
      isPlain,
    })),
    [
      {
        body: '\n{% for c in m.x %}{% break %}{% endfor %}',
        controls: '-+',
        target: 'm',
        isPlain: true,
      },
      { body: '', controls: '', target: undefined, isPlain: true },
    ],
  )
})

test('a loop with an else of its own, or one that is left, is not plain', () => {
  for (const body of ['{% else %}b', '{% if m %}{% continue %}{% endif %}', '{% break %}'])
    assert.equal(findOuterLoops(`{% for m in x %}a${body}{% endfor %}`)[0]?.isPlain, false, body)
  const [loop] = findOuterLoops('{% for m in x %}{% if m %}a{% else %}b{% endif %}{% endfor %}')
  assert.equal(loop?.isPlain, true)
})
