/** One chat format, written in every way that Jinja has: what is trained must not depend on how the template says it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation } from '../../src/conversation/index.ts'
import { maskExample } from '../../src/mask/index.ts'
import { ChatTemplate } from '../../src/template/index.ts'
import { makeTokenizer } from './tokenizer.ts'

const PROMPT = '{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}'
const TURN = '<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n'

/** The same text from each, for any conversation. */
const SHAPES: Readonly<Record<string, string>> = {
  'a loop': `{% for m in messages %}${TURN}{% endfor %}${PROMPT}`,
  'one concatenation a turn': `{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}${PROMPT}`,
  'a macro': `{% macro turn(m) %}${TURN}{% endmacro %}{% for m in messages %}{{ turn(m) }}{% endfor %}${PROMPT}`,
  'a macro around a caller': `{% macro turn(role) %}<|im_start|>{{ role }}\n{{ caller() }}<|im_end|>\n{% endmacro %}{% for m in messages %}{% call turn(m.role) %}{{ m.content }}{% endcall %}{% endfor %}${PROMPT}`,
  'a set block': `{% for m in messages %}{% set turn %}${TURN}{% endset %}{{ turn }}{% endfor %}${PROMPT}`,
  'a string that grows and is written at the end': `{% set all = namespace(text='') %}{% for m in messages %}{% set all.text = all.text + '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' %}{% endfor %}{{ all.text }}${PROMPT}`,
  'a loop over numbers': `{% for i in range(messages | length) %}{% set m = messages[i] %}${TURN}{% endfor %}${PROMPT}`,
  'a slice behind the system message': `{% set m = messages[0] %}${TURN}{% for m in messages[1:] %}${TURN}{% endfor %}${PROMPT}`,
  'a recursive loop': `{% for m in messages recursive %}${TURN}{% endfor %}${PROMPT}`,
  'a loop over batches': `{% for two in messages | batch(2) %}{% for m in two %}${TURN}{% endfor %}{% endfor %}${PROMPT}`,
  'a first loop that writes nothing': `{% for m in messages | reverse %}{{ '' }}{% endfor %}{% for m in messages %}${TURN}{% endfor %}${PROMPT}`,
  'percent formatting': `{% for m in messages %}{{ '<|im_start|>%s\\n%s<|im_end|>\\n' % (m.role, m.content) }}{% endfor %}${PROMPT}`,
  'str.format': `{% for m in messages %}{{ '<|im_start|>{}\\n{}<|im_end|>\\n'.format(m.role, m.content) }}{% endfor %}${PROMPT}`,
  'a filter block': `{% for m in messages %}{% filter trim %}  <|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>  {% endfilter %}{{ '\\n' }}{% endfor %}${PROMPT}`,
  'content split and joined': `{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content.split(' ') | join(' ') }}<|im_end|>\n{% endfor %}${PROMPT}`,
}

const CONVERSATION: Conversation = {
  kind: 'conversation',
  messages: [
    { role: 'system', content: 'Say yes sir.' },
    { role: 'user', content: 'yes sir?' },
    { role: 'assistant', content: 'yes sir' },
    { role: 'user', content: 'Bye' },
    { role: 'assistant', content: 'bye now' },
  ],
  training: Array.from({ length: 5 }, () => undefined),
}

const TEXT =
  '<|im_start|>system\nSay yes sir.<|im_end|>\n<|im_start|>user\nyes sir?<|im_end|>\n<|im_start|>assistant\n' +
  'yes sir<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\nbye now<|im_end|>\n'

for (const [shape, template] of Object.entries(SHAPES)) {
  test(`trains each answer through its end, and nothing else: ${shape}`, async () => {
    const tokenizer = await makeTokenizer(PROMPT, ['<|im_end|>'])
    const context = {
      tokenizer,
      templates: [ChatTemplate.compile(template)],
      specialTokens: {},
      stopIds: new Set([tokenizer.tokenToId('<|im_end|>')!]),
    }
    const [example, ...others] = maskExample(CONVERSATION, context)
    assert.ok(example !== undefined)
    assert.deepEqual(others, [])
    const { rendered, spans, findings } = example
    assert.equal(rendered.text, TEXT)
    const trained = spans.map(({ message, startChar, endChar }) => [
      message,
      rendered.text.slice(startChar, endChar),
    ])
    assert.deepEqual(trained, [
      [2, 'yes sir<|im_end|>'],
      [4, 'bye now<|im_end|>'],
    ])
    assert.deepEqual(findings, [])
  })
}

test('never trains a header for an end that only the last message of a kind has', async () => {
  // As published once: the result of a call is closed where it is the last message, and left open where an answer follows.
  const template = `{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}{% if m.role != 'tool' or loop.last %}<|im_end|>\n{% endif %}{% endfor %}${PROMPT}`
  const tokenizer = await makeTokenizer(PROMPT, ['<|im_end|>'])
  const messages = ['user', 'assistant', 'tool', 'assistant'].map(role => ({ role, content: role[0]! }))
  const [masked] = maskExample(
    { kind: 'conversation', messages, training: messages.map(() => undefined) },
    {
      tokenizer,
      templates: [ChatTemplate.compile(template)],
      specialTokens: {},
      stopIds: new Set([tokenizer.tokenToId('<|im_end|>')!]),
    },
    { unroll: 'never' },
  )
  const trained = masked!.spans.map(({ startChar, endChar }) =>
    masked!.rendered.text.slice(startChar, endChar),
  )
  assert.deepEqual(trained, ['a<|im_end|>', 'a<|im_end|>'])
})
