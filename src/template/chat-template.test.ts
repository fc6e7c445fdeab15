import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeError } from '../error.ts'
import { ChatTemplate, selectTemplate, TemplateError, type TemplateErrorCode } from './index.ts'

const USER = { role: 'user', content: 'Hi' }
/** Closures and generated code. */
const CODES = ['never', 'always'] as const

function fails(source: string, code: TemplateErrorCode, where: string): TemplateError {
  let error: unknown
  try {
    ChatTemplate.compile(source, { name: 't.jinja' }).render({ messages: [USER] })
  } catch (thrown) {
    error = thrown
  }
  assert(error instanceof TemplateError, `${source} fails`)
  assert.equal(error.code, code, error.message)
  assert.equal(error.where, where)
  return error
}

test('gives kwargs over everything, the conversation’s own over the caller’s', () => {
  const template = ChatTemplate.compile(
    '{{ add_generation_prompt }} {{ tools }} {{ a }} {{ documents }} {{ bos_token is defined }}',
  )
  assert.equal(template.renderText({ messages: [USER] }), 'False None  None False')
  const own = { messages: [USER], tools: [1], chatTemplateKwargs: { a: 'own', tools: 'mine' } }
  assert.equal(
    template.renderText(own, {
      chatTemplateKwargs: { a: 'caller', add_generation_prompt: 7 },
      addGenerationPrompt: true,
    }),
    '7 mine own None False',
  )
})

test('leaves the last message open as transformers does', () => {
  const template = ChatTemplate.compile('{% for m in messages %}<{{ m.content | trim }}>{% endfor %}')
  const messages = [USER, { role: 'assistant', content: ' To be ' }]
  const rendered = template.render({ messages }, { continueFinalMessage: true })
  assert.equal(rendered.text, '<Hi><To be')
  assert.equal(rendered.pieces.at(-1)?.endChar, rendered.text.length)
  assert.deepEqual(rendered.turns.at(-1), { message: 1, startChar: 4, endChar: 10 })
  const plain = ChatTemplate.compile('{% for m in messages %}<{{ m.content }}>{% endfor %}')
  assert.equal(plain.renderText({ messages }, { continueFinalMessage: true }), '<Hi>< To be ')
  const both = { continueFinalMessage: true, addGenerationPrompt: true }
  assert.throws(() => plain.render({ messages }, both), { code: 'template/options' })
  assert.throws(() => ChatTemplate.compile('x').render({ messages }, { continueFinalMessage: true }), {
    code: 'template/options',
  })
})

test('knows whether a template has marks, and whether a text depends on the clock', () => {
  assert.equal(
    ChatTemplate.compile('{% if x %}{% generation %}{% endgeneration %}{% endif %}').usesGenerationMarks,
    true,
  )
  assert.equal(ChatTemplate.compile('generation').usesGenerationMarks, false)
  const template = ChatTemplate.compile('{% if tools %}{{ strftime_now("%Y-%m-%d %H:%M") }}{% endif %}')
  const now = new Date(2026, 10, 25, 3, 4)
  assert.equal(template.render({ messages: [], tools: [1] }, { now }).text, '2026-11-25 03:04')
  assert.equal(template.render({ messages: [], tools: [1] }, { now }).usesClock, true)
  assert.equal(template.render({ messages: [] }).usesClock, false)
})

test('chooses among named templates as transformers does', () => {
  const [one, tools, plain] = [{ name: 'one' }, { name: 'tool_use' }, { name: 'default' }] as const
  assert.equal(selectTemplate([one], {}), one)
  assert.equal(selectTemplate([plain, tools], { tools: [] }), tools)
  assert.equal(selectTemplate([plain, tools], {}), plain)
  assert.equal(selectTemplate([plain, one], { tools: [1] }), plain)
  assert.throws(() => selectTemplate([one, tools], {}), /"one", "tool_use"/)
})

test('errors say where in the template', () => {
  fails('a\n  {{ x.y }}', 'template/undefined', 't.jinja:2:6')
  fails('{{ "a" + 1 }}', 'template/type', 't.jinja:1:4')
  fails('a\r\n\r\n{% if %}', 'template/syntax', 't.jinja:3:7')
  fails('{% for m in messages %}\n{{ m.content | nope }}{% endfor %}', 'template/syntax', 't.jinja:2:4')
  fails('{{ messages.append(1) }}', 'template/security', 't.jinja:1:4')
  const raised = fails(
    '\n{{ raise_exception("roles \\"must\\" alternate") }}',
    'template/raise',
    't.jinja:2:4',
  )
  assert.equal(raised.reason, 'roles "must" alternate')
  assert.match(describeError(raised), /^t\.jinja:2:4 raise_exception: "roles \\"must\\" alternate"\. /)
})

test('stops templates that do not end or need too much memory', () => {
  // To look through a long text is counted by its length.
  const search = "{% if 'aac' in text %}{% endif %}"
  fails(
    `{% set text = 'ab' * 1000000 %}{% for i in range(100000) %}${search}{% endfor %}`,
    'template/limit',
    't.jinja:1:66',
  )
  fails('{% for i in range(10**9) %}{% endfor %}', 'template/limit', 't.jinja:1:13')
  const loops = '{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}'
  for (const code of CODES) {
    const template = ChatTemplate.compile(loops, { code })
    assert.throws(() => template.render({ messages: [] }), {
      code: 'template/limit',
      message: /20000000 steps$/,
    })
    const limits = { maxSeconds: 0 }
    assert.throws(() => template.render({ messages: [] }, { limits }), {
      code: 'template/limit',
      message: 'the template does not end within 0 s',
      where: 'template:1:40',
    })
    const inTime = { ...limits, maxSteps: 1000 }
    assert.throws(() => template.render({ messages: [] }, { limits: inTime }), /1000 steps/)
  }
  for (const source of [
    '{{ "x" * 10**10 }}',
    '{{ [0] * 10**10 }}',
    '{{ "x".ljust(10**10) }}',
    '{{ "a".join("x" * 100000) * 10000 }}',
    '{% set ns = namespace(a="x") %}{% for i in range(99) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}',
    '{% set ns = namespace(a="x") %}{% for i in range(99) %}{% set ns.a = ns.a + ns.a %}{% endfor %}',
    '{% set ns = namespace(a=[1]) %}{% for i in range(99) %}{% set ns.a = ns.a + ns.a %}{% endfor %}',
    '{% set ns = namespace(a=[1]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a }}',
    '{% set ns = namespace(a=[1]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a | tojson }}',
    '{% set ns = namespace(a="ab") %}{% for i in range(99) %}{% set ns.a = ns.a.replace("a", ns.a) %}{% endfor %}',
    '{% set ns = namespace(a=9) %}{% for i in range(99) %}{% set ns.a = ns.a * ns.a %}{% endfor %}',
    '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
    '{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}',
    '{% for a in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}',
    '{{ "%999999999d" % 1 }}',
    '{{ 9 ** (9 ** 9) }}',
    '{{ ("a" * 200000000) | replace("a", "b") }}',
    '{{ ("a" * 60000000).split("a") }}',
    '{{ ("a " * 30000000).split() }}',
    '{{ ("\\n" * 60000000).splitlines() }}',
    '{{ ("a" * 60000000) | replace("a", "aa") }}',
  ]) {
    for (const code of CODES) {
      assert.throws(
        () => ChatTemplate.compile(source, { code }).render({ messages: [] }),
        error => error instanceof TemplateError && ['template/limit', 'template/type'].includes(error.code),
        `${source} ${code}`,
      )
    }
  }
  assert.throws(() => ChatTemplate.compile(`{{ ${'('.repeat(9999)} }}`), { code: 'template/syntax' })
  assert.throws(() => ChatTemplate.compile('{% if a %}'.repeat(9999)), { code: 'template/syntax' })
})

test('renders 50 MB', () => {
  const messages = Array.from({ length: 1000 }, () => ({ role: 'user', content: 'word '.repeat(10_000) }))
  const source = '{% for m in messages %}<{{ m.role }}>{{ m.content | trim | replace("q", "x") }}{% endfor %}'
  assert.equal(ChatTemplate.compile(source).render({ messages }).text.length, 1000 * (6 + 49_999))
})

test('shows nothing of JavaScript', () => {
  const names = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '__defineGetter__',
    'prototype',
    'caller',
    'then',
  ]
  for (const value of [
    'messages',
    'messages[0]',
    'messages[0].content',
    '1',
    '{}',
    '[]',
    'range(3)',
    'namespace()',
    'raise_exception',
    'none',
    'dict(a=1)',
    '1.5',
    '(1,)',
    'messages[0].items()',
  ]) {
    for (const name of names) {
      const source = `{% set v = ${value} %}{{ v.${name} is defined }}{{ v["${name}"] is defined }}{{ v | attr("${name}") is defined }}`
      for (const code of CODES) {
        const template = ChatTemplate.compile(source, { code })
        assert.equal(template.renderText({ messages: [USER] }), 'FalseFalseFalse', `${value}.${name} ${code}`)
      }
    }
  }
  const own = JSON.parse('{"role": "user", "__proto__": "p", "constructor": "c"}') as typeof USER
  const source =
    '{% set m = messages[0] %}{{ m.__proto__ }}{{ m["constructor"] }}{{ "constructor" in m }}{{ "toString" in m }}' +
    '{% for k in m %}{{ k }} {% endfor %}{{ m | tojson }}'
  const variables = '{{ toString }}{{ constructor }}{{ __proto__ }}{{ hasOwnProperty is defined }}'
  for (const code of CODES) {
    assert.equal(
      ChatTemplate.compile(source, { code }).renderText({ messages: [own] }),
      'pcTrueFalserole __proto__ constructor {"role": "user", "__proto__": "p", "constructor": "c"}',
    )
    const read = ChatTemplate.compile(variables, { code })
    assert.equal(read.renderText({ messages: [] }), 'False')
    const kwargs = JSON.parse('{"__proto__": "p", "constructor": "c"}') as Record<string, string>
    assert.equal(read.renderText({ messages: [] }, { chatTemplateKwargs: kwargs }), 'cpFalse')
  }
})

test('never writes to what it is given', () => {
  const messages = [Object.freeze({ role: 'user', content: 'Hi', n: Object.freeze([1]) })]
  const source =
    '{% set m = messages[0] %}{% set ns = namespace(m) %}{% set ns.content = "x" %}{{ dict(m, role="y") }}{{ m }}'
  for (const code of CODES) {
    assert.equal(
      ChatTemplate.compile(source, { code }).renderText({
        messages: Object.freeze(messages) as typeof messages,
      }),
      "{'role': 'y', 'content': 'Hi', 'n': [1]}{'role': 'user', 'content': 'Hi', 'n': [1]}",
    )
  }
})
