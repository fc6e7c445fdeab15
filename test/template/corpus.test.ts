// Every row of the corpus of published templates, whose expected texts are Jinja2's own.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { Message } from '../../src/conversation/index.ts'
import { type Json, parseJson } from '../../src/json/index.ts'
import { ChatTemplate, type Rendered, TemplateError } from '../../src/template/index.ts'
import { checkTrace } from './trace-checks.ts'

/** From dist/test/template, where this file runs. */
const FOLDER = fileURLToPath(new URL('../../../../shared/templates/', import.meta.url))
const NOW = new Date(2026, 0, 15, 9, 30, 0)

interface Row {
  readonly template: string
  readonly conversation: string
  readonly text?: string
  readonly error?: string
  readonly message?: string
  readonly generation_spans?: readonly (readonly [number, number])[]
}

interface Case {
  readonly id: string
  readonly messages: readonly Message[]
  readonly variables: Readonly<Record<string, Json>>
}

const templates = new Map<string, ChatTemplate>()

function templateNamed(name: string): ChatTemplate {
  let template = templates.get(name)
  if (template === undefined) {
    template = ChatTemplate.compile(readFileSync(join(FOLDER, name), 'utf8'), { name })
    templates.set(name, template)
  }
  return template
}

function readRows(): { rows: Row[]; cases: Map<string, Case> } | undefined {
  if (!existsSync(FOLDER)) return undefined
  const lines = gunzipSync(readFileSync(join(FOLDER, 'expected.jsonl.gz')))
    .toString()
    .trimEnd()
    .split('\n')
  const cases = parseJson(
    readFileSync(join(FOLDER, 'conversations.json'), 'utf8'),
  ) as unknown as readonly Case[]
  return { rows: lines.map(line => JSON.parse(line) as Row), cases: new Map(cases.map(one => [one.id, one])) }
}

test('gives the text, the errors and the marks of Jinja2 for every published template', t => {
  const corpus = readRows()
  if (corpus === undefined) return t.skip('../shared is not here')
  for (const row of corpus.rows) {
    const { messages, variables }: Case = corpus.cases.get(row.conversation)!
    const what = `${row.template} with ${row.conversation}`
    const render = (): Rendered =>
      templateNamed(row.template).render({ messages, chatTemplateKwargs: variables }, { now: NOW })
    if (row.error !== undefined) {
      assert.throws(render, error => isExpected(error, row), what)
      continue
    }
    const rendered = render()
    assert.equal(rendered.text, row.text, what)
    assert.deepEqual(rendered.marks, toUnits(row, rendered), what)
    checkTrace(rendered, { messages, variables: { messages, ...variables } as Record<string, Json> })
  }
})

/** raise_exception has to use the same words; of Python's own errors only the fact counts. */
function isExpected(error: unknown, row: Row): boolean {
  assert(error instanceof TemplateError, String(error))
  assert.match(error.where ?? '', /\.jinja:\d+:\d+$/)
  if (row.error === 'TemplateError') assert.equal(error.reason, row.message)
  if (row.error === 'UndefinedError') assert.equal(error.code, 'template/undefined')
  return true
}

function toUnits(row: Row, { text }: Rendered): { startChar: number; endChar: number }[] {
  const units = [0]
  for (const char of text) units.push(units.at(-1)! + char.length)
  return (row.generation_spans ?? []).map(([start, end]) => ({
    startChar: units[start]!,
    endChar: units[end]!,
  }))
}
