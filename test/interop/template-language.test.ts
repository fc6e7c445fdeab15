// The language of templates, feature by feature and at random, ours against Jinja2.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../../src/conversation/index.ts'
import type { Json } from '../../src/json/index.ts'
import { TemplateError } from '../../src/template/index.ts'
import { BothTemplates } from '../template/both.ts'
import { expression } from '../template/expressions.ts'
import { checkTrace } from '../template/trace-checks.ts'
import { VARIABLES } from '../template/variables.ts'
import { hasJinja, type JinjaAnswer, NOW, renderWithJinja } from './jinja-oracle.ts'
import { cases } from './python-oracle.ts'
import { FEATURES } from './template-features.ts'

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
    const both = new BothTemplates(source)
    both.compare({ messages, chatTemplateKwargs: VARIABLES }, { now: NOW })
    const rendered = both.code.render({ messages, chatTemplateKwargs: VARIABLES }, { now: NOW })
    checkTrace(rendered, { messages: messages as readonly Json[], variables: VARIABLES })
    return { text: rendered.text, marks: rendered.marks }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return { error: error.message, code: error.code }
  }
}
