import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ChatTemplate, type TemplateInput } from '../chat-template.ts'
import { LazyRendered } from '../trace/lazy-rendered.ts'

const TAIL = '{% if add_generation_prompt %}[assistant]{% endif %}'
const LOOP = `{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}${TAIL}`

/** Templates, and of how many messages ("abcd": four) one rendering tells what those before them are rendered to. */
const CASES: readonly (readonly [name: string, source: string, told: readonly number[]])[] = [
  ['a plain loop', LOOP, [1, 2, 3]],
  [
    'what is given and may be set',
    `{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}${LOOP}`,
    [1, 2, 3],
  ],
  ['the first message by its number', `{{ messages[0].content }}${LOOP}`, [1, 2, 3]],
  ['the third message by its number', `{% if messages[2] is defined %}3{% endif %}${LOOP}`, [3]],
  [
    'the rest of the list',
    `{% set rest = messages[1:] %}${LOOP.replace('in messages', 'in rest')}`,
    [1, 2, 3],
  ],
  [
    'the list cut to itself',
    `{% if messages[0].role == 'a' %}{% set messages = messages[1:] %}{% endif %}${LOOP}`,
    [1, 2, 3],
  ],
  [
    'the message before',
    LOOP.replace('{{ m.content', '{{ messages[loop.index0 - 1].content if not loop.first }}{{ m.content'),
    [1, 2, 3],
  ],
  [
    'the message before, which of the first is the last',
    LOOP.replace('{{ m.content', '{{ messages[loop.index0 - 1].content }}{{ m.content'),
    [],
  ],
  [
    'the next message',
    LOOP.replace('{{ m.content', '{{ (messages[loop.index0 + 1] is defined) if m.role == "c" }}{{ m.content'),
    [1, 2],
  ],
  [
    'whether it is the last, of the third',
    LOOP.replace('{{ m.content', '{{ loop.last if m.role == "c" }}{{ m.content'),
    [1, 2],
  ],
  [
    'whether it is the last, of a loop inside',
    LOOP.replace('{{ m.content', '{% for c in m.content %}{{ loop.last }}{% endfor %}{{ m.content'),
    [1, 2, 3],
  ],
  ['the next item', LOOP.replace('{{ m.content', '{{ loop.nextitem is defined }}{{ m.content'), []],
  ['the item before', LOOP.replace('{{ m.content', '{{ loop.previtem is defined }}{{ m.content'), [1, 2, 3]],
  ['how many there are', `{{ messages | length }}${LOOP}`, []],
  ['the last message', `{{ messages[-1].content }}${LOOP}`, []],
  ['all of them', `{{ messages | tojson }}${LOOP}`, []],
  ['a loop before', `{% for m in messages %}{{ m.role }}{% endfor %}${LOOP}`, []],
  [
    'whether an answer is asked for, in the loop',
    LOOP.replace('{{ m.content', '{{ add_generation_prompt }}{{ m.content'),
    [],
  ],
  ['behind the loop what was set before', `{% set x = 1 %}${LOOP}{{ x }}`, []],
  [
    'behind the loop a namespace',
    `{% set ns = namespace(n=0) %}${LOOP.replace('{{ m.content', '{% set ns.n = ns.n + 1 %}{{ m.content')}{{ ns.n }}`,
    [],
  ],
  ['behind the loop the messages', `${LOOP}{{ messages[0].role }}`, []],
  ['behind the loop what is given', `${LOOP}{{ word }}{{ tools }}`, [1, 2, 3]],
  [
    'an end to the loop',
    LOOP.replace('{{ m.content', '{% if m.role == "c" %}{% break %}{% endif %}{{ m.content'),
    [1, 2],
  ],
  ['an else to the loop', LOOP.replace('{% endfor', '{% else %}none{% endfor'), []],
  ['a test on the loop', LOOP.replace('in messages', 'in messages if m.role != "b"'), []],
]

for (const [name, source, told] of CASES) {
  test(`tells of histories: ${name}`, () => {
    const template = ChatTemplate.compile(source)
    const whole = template.render(toInput('abcd'))
    assert(whole instanceof LazyRendered)
    assert.deepEqual(Object.keys(whole.historyEnds ?? []).map(Number), told)
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 1, maxLength: 6 }),
        roles => {
          checkHistories(template, toInput(roles))
        },
      ),
    )
  })
}

test('takes no message for another that is the same object', () => {
  const template = ChatTemplate.compile(LOOP.replace('in messages', 'in messages[1:]'))
  const [same, other] = toInput('ab').messages
  checkHistories(template, { messages: [same!, same!, other!, same!] })
})

test('tells nothing where kwargs put other messages in the place of these', () => {
  const template = ChatTemplate.compile(LOOP)
  checkHistories(template, {
    ...toInput('abc'),
    chatTemplateKwargs: { messages: [{ role: 'x', content: 'y' }] },
  })
})

function toInput(roles: string): TemplateInput {
  return {
    messages: Array.from(roles, (role, m) => ({ role, content: `${role}${m} ` })),
    chatTemplateKwargs: { word: roles.length > 3 ? 'long' : 'short' },
  }
}

function checkHistories(template: ChatTemplate, input: TemplateInput): void {
  const whole = template.render(input)
  for (let count = 0; count < input.messages.length; count++) {
    const first = { ...input, messages: input.messages.slice(0, count) }
    for (const addGenerationPrompt of [true, false]) {
      const found: unknown = orError(() => template.matchFirst(whole, input, count, { addGenerationPrompt }))
      const expected: unknown = orError(() => template.match(whole.text, first, { addGenerationPrompt }))
      assert.deepEqual(found, expected, `${count} messages`)
    }
  }
}

/** Some templates want a first message. */
function orError<T>(work: () => T): T | string {
  try {
    return work()
  } catch (error) {
    return String(error)
  }
}
