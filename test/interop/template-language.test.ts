// The language of templates, feature by feature and at random, ours against Jinja2.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../../src/conversation/index.ts'
import { type Json, parseJson } from '../../src/json/index.ts'
import { ChatTemplate, TemplateError } from '../../src/template/index.ts'
import { expression } from '../template/expressions.ts'
import { checkTrace } from '../template/trace-checks.ts'
import { hasJinja, type JinjaAnswer, NOW, renderWithJinja } from './jinja-oracle.ts'
import { cases } from './python-oracle.ts'
import { FEATURES } from './template-features.ts'

const VARIABLES = parseJson(`{
  "messages": [
    {"role": "user", "content": "Hé 😀 "},
    {"role": "assistant", "content": "Sure <b>", "tool_calls": [{"function": {"name": "f"}}]}
  ],
  "y": 5, "x": {"a": 1, "d": [1, 2], "s": "str"},
  "kids": [{"n": "a", "k": [{"n": "b", "k": []}, {"n": "c", "k": [{"n": "d", "k": []}]}]}],
  "s": "Hello World", "e": "", "n": null, "t": true, "f": false, "l": [3, 1, 2, 1], "ls": ["b", "A", "c", "a"],
  "d": {"k": "v", "z": 1, "A": [1, {"q": "r"}]}, "big": 123456789012345678901234567890, "neg": -7, "nested": [[1, 2], [3, 4]],
  "users": [{"name": "Bob", "age": 30, "c": {"d": "X"}}, {"name": "alice", "age": 25, "c": {"d": "y"}}, {"name": "Bob", "age": 20}],
  "call": {"arguments": {"a": 1, "b": 1.0, "c": true, "d": null, "e": [1, 2.5, "x"], "1": "one"}}
}`) as Readonly<Record<string, Json>>

test('every feature of the language gives what Jinja2 gives', t => {
  if (!hasJinja()) return t.skip('Python with Jinja2 is not here: set LOSSLINE_PYTHON')
  compareWithJinja(FEATURES)
})

test('expressions at random give what Jinja2 gives, or are refused as there', t => {
  if (!hasJinja()) return t.skip('Python with Jinja2 is not here: set LOSSLINE_PYTHON')
  const count = Number(process.env['LOSSLINE_EXPRESSIONS'] ?? 4000)
  compareWithJinja(cases(expression, count).map(source => `{{ ${source} }}`))
})

function compareWithJinja(templates: readonly string[]): void {
  const answers = renderWithJinja(templates.map(template => ({ template, variables: VARIABLES })))
  for (const [i, template] of templates.entries()) {
    const expected = answers[i]!
    if (isUncomparable(expected)) continue
    const actual = render(template)
    if ('error' in expected) {
      assert(
        'error' in actual,
        `${template} gives ${JSON.stringify(actual)}, Jinja2: ${expected.error} ${expected.message}`,
      )
      if (expected.error === 'SecurityError') assert.equal(actual.code, 'template/security', template)
      if (expected.error === 'TemplateSyntaxError') assert.equal(actual.code, 'template/syntax', template)
    } else {
      assert.deepEqual(actual, { text: expected.text, marks: toUnits(expected) }, template)
    }
  }
}

/** Texts with addresses of objects, and of things that templates have no use for (bytes, Python's own methods). */
function isUncomparable(answer: JinjaAnswer): boolean {
  return 'text' in answer && / at 0x[0-9a-f]{6}|<built-in method|b'/.test(answer.text)
}

function toUnits({ text, spans }: { text: string; spans: readonly (readonly [number, number])[] }): unknown {
  const units = [0]
  for (const char of text) units.push(units.at(-1)! + char.length)
  return spans.map(([start, end]) => ({ startChar: units[start], endChar: units[end] }))
}

type Outcome = { text: string; marks: unknown } | { error: string; code: string }

function render(source: string): Outcome {
  const messages = VARIABLES['messages'] as unknown as readonly Message[]
  try {
    const template = ChatTemplate.compile(source)
    const rendered = template.render({ messages, chatTemplateKwargs: VARIABLES }, { now: NOW })
    checkTrace(rendered, { messages: messages as readonly Json[], variables: VARIABLES })
    return { text: rendered.text, marks: rendered.marks }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return { error: error.message, code: error.code }
  }
}
