// For tests: templates of statements at random, of all kinds and in all orders.
import fc from 'fast-check'

const NAMES = ['a', 'b', 'm', 'y', 'ns', 'messages', 'x'] as const

const name: fc.Arbitrary<string> = fc.constantFrom(...NAMES)

const value: fc.Arbitrary<string> = fc.oneof(
  name,
  fc.constantFrom(
    '1',
    "'t'",
    'none',
    '[1, y]',
    "{'k': y}",
    'messages',
    'x.d',
    'x.items()',
    'range(2)',
    "' s '",
  ),
  fc.constantFrom(
    'namespace(k=1)',
    'm.role',
    'm.content',
    "m['content'] | trim",
    'ns.k',
    'LOOP.index',
    'LOOP.first',
  ),
  fc.constantFrom(
    'LOOP.previtem',
    'LOOP.last',
    'f(y)',
    'f(m)',
    'messages[1:]',
    'messages[0].content',
    'm.tool_calls',
  ),
  fc.constantFrom(
    'm.role + ":"',
    'a ~ b',
    "'r' in m",
    "m.role == 'user'",
    'not a',
    'a is defined',
    'x.s.strip("s")',
  ),
  fc.constantFrom(
    'a.k.j',
    'b | default(y)',
    'm | tojson',
    '(a if b else y)',
    'a or b',
    'a == b',
    'y > 3',
    'm is mapping',
  ),
)

/** What is set before anything else, so that most goes well. */
const START =
  "{% set ns = namespace(k=1) %}{% set m = messages[0] %}{% set a = 'A' %}{% set b = x %}" +
  '{% macro f(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{% macro g(a) %}<{{ caller() }}>{% endmacro %}'

/** Jinja2's tags around what is inside. */
const bodies: fc.Arbitrary<string> = fc.letrec<{ body: string; statement: string }>(tie => ({
  body: fc.array(tie('statement'), { maxLength: 4, depthIdentifier: 'body' }).map(all => all.join('')),
  statement: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'body' },
    { weight: 3, arbitrary: value.map(code => `{{ ${code} }}`) },
    { weight: 1, arbitrary: fc.constantFrom('text', ' - ', '\n') },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('a', 'b', 'y'), value)
        .map(([to, code]) => `{% set ${to} = ${code} %}`),
    },
    { weight: 1, arbitrary: value.map(code => `{% set ns.k = ${code} %}`) },
    { weight: 1, arbitrary: value.map(code => `{% set a, b = ${code}, y %}`) },
    { weight: 1, arbitrary: tie('body').map(body => `{% set a %}${body}{% endset %}`) },
    { weight: 1, arbitrary: tie('body').map(body => `{% filter upper %}${body}{% endfilter %}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(value, tie('body'))
        .map(([code, body]) => `{% with b = ${code} %}${body}{% endwith %}`),
    },
    { weight: 1, arbitrary: fc.constantFrom('JUMPbreak;', 'JUMPcontinue;') },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom('m', 'm', 'a', 'm, b'),
          value,
          fc.constantFrom('', '', ' if m', ' recursive'),
          tie('body'),
          tie('body'),
        )
        .map(
          ([to, code, rest, body, other]) =>
            `{% for ${to} in ${code}${rest} %}${inLoop(body)}{% else %}${other}{% endfor %}`,
        ),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(value, tie('body'), value, tie('body'), tie('body'))
        .map(
          ([a, then, b, other, rest]) =>
            `{% if ${a} %}${then}{% elif ${b} %}${other}{% else %}${rest}{% endif %}`,
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(value, tie('body'))
        .map(([code, body]) => `{% macro f(a, b=${code}) %}${body}{% endmacro %}{{ f(y) }}`),
    },
    { weight: 1, arbitrary: tie('body').map(body => `{% call g(1) %}${body}{% endcall %}`) },
    { weight: 1, arbitrary: tie('body').map(body => `{% generation %}${body}{% endgeneration %}`) },
  ),
})).body

/** What only a loop has. */
function inLoop(body: string): string {
  return body.replaceAll('LOOP', 'loop').replaceAll(/JUMP(\w+);/g, '{% $1 %}')
}

export const statements: fc.Arbitrary<string> = bodies.map(
  body => START + body.replaceAll('LOOP.', 'x.').replaceAll(/JUMP\w+;/g, ''),
)
