// Generated conversations through every published template, ours against Jinja2.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Message } from '../../src/conversation/index.ts'
import type { Json } from '../../src/json/index.ts'
import { TemplateError } from '../../src/template/index.ts'
import { BothTemplates } from '../template/both.ts'
import { conversation } from '../template/conversations.ts'
import { checkTrace } from '../template/trace-checks.ts'
import { hasJinja, NOW, renderWithJinja } from './jinja-oracle.ts'
import { cases } from './python-oracle.ts'

const FOLDER = fileURLToPath(new URL('../../../../shared/templates/', import.meta.url))
const CONVERSATIONS = Number(process.env['LOSSLINE_CONVERSATIONS'] ?? 400)
/** Each conversation goes through so many templates: others for the next. */
const TEMPLATES_EACH = Number(process.env['LOSSLINE_TEMPLATES_EACH'] ?? 12)

test('renders generated conversations as Jinja2 does, through every published template', t => {
  const names = listTemplates()
  if (names === undefined) return t.skip('../shared is not here')
  if (!hasJinja()) return t.skip('Python with Jinja2 is not here: set LOSSLINE_PYTHON')
  const sources = names.map(name => readFileSync(join(FOLDER, name), 'utf8'))
  const asked = cases(conversation, CONVERSATIONS).flatMap((variables, i) =>
    Array.from({ length: TEMPLATES_EACH }, (_, j) => ({
      variables,
      index: (i * TEMPLATES_EACH + j) % names.length,
    })),
  )
  const answers = renderWithJinja(
    asked.map(({ variables, index }) => ({ template: sources[index]!, variables })),
  )
  const templates = names.map((name, i) => new BothTemplates(sources[i]!, { name }))
  let rendered = 0
  for (const [i, { variables, index }] of asked.entries()) {
    const expected = answers[i]!
    const actual = render(templates[index]!, variables)
    const what = (): string =>
      `${names[index]}: ${JSON.stringify(expected).slice(0, 600)}\n${JSON.stringify(actual).slice(0, 600)}`
    if ('error' in expected) {
      assert('error' in actual, what())
      if (expected.error === 'TemplateError') assert.equal(actual.reason, expected.message, what())
    } else {
      assert.equal('text' in actual ? actual.text : what(), expected.text, names[index])
      rendered++
    }
  }
  assert(rendered > asked.length / 3, `only ${rendered} of ${asked.length} conversations were accepted`)
})

function listTemplates(): string[] | undefined {
  try {
    return readdirSync(FOLDER).filter(name => name.endsWith('.jinja'))
  } catch {
    return undefined
  }
}

function render(
  both: BothTemplates,
  variables: Readonly<Record<string, Json>>,
): { text: string } | { error: string; reason: string | undefined } {
  const messages = variables['messages'] as unknown as readonly Message[]
  try {
    both.compare({ messages, chatTemplateKwargs: variables }, { now: NOW })
    const template = both.code
    const rendered = template.render({ messages, chatTemplateKwargs: variables }, { now: NOW })
    assert.equal(
      template.renderText({ messages, chatTemplateKwargs: variables }, { now: NOW }),
      rendered.text,
    )
    checkTrace(rendered, { messages: messages as readonly Json[], variables })
    return { text: rendered.text }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return { error: `${error.code} ${error.message}`, reason: error.reason }
  }
}
