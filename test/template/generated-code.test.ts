// Templates as generated code against the same as closures, which define what they mean.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import type { Message } from '../../src/conversation/index.ts'
import { type Json, parseJson } from '../../src/json/index.ts'
import { ChatTemplate, type RenderLimits, TemplateError } from '../../src/template/index.ts'
import { FEATURES } from '../interop/template-features.ts'
import { BothTemplates } from './both.ts'
import { conversation } from './conversations.ts'
import { expression } from './expressions.ts'
import { statements } from './statements.ts'
import { VARIABLES } from './variables.ts'

/** From dist/test/template, where this file runs. */
const FOLDER = fileURLToPath(new URL('../../../../shared/templates/', import.meta.url))
const NOW = new Date(2026, 0, 15, 9, 30, 0)

interface Case {
  readonly id: string
  readonly messages: readonly Message[]
  readonly variables: Readonly<Record<string, Json>>
}

/** Code that could not be made: then closures go on in silence, and a test would see nothing. */
const failures: unknown[] = []
const { Function: original } = globalThis

before(() => {
  globalThis.Function = new Proxy(original, {
    construct: (target, args: string[]) => {
      try {
        return new target(...args)
      } catch (error) {
        failures.push(error)
        throw error
      }
    },
  })
})

afterEach(() => {
  assert.deepEqual(failures.splice(0), [])
})

after(() => {
  globalThis.Function = original
})

const limits: fc.Arbitrary<Partial<RenderLimits>> = fc.oneof(
  fc.constant({}),
  fc.record({ maxSteps: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ maxLength: fc.integer({ min: 1, max: 2000 }) }),
)

/** Undefined for a template that is refused: then both refuse it. */
function compileBoth(source: string): BothTemplates | undefined {
  try {
    return new BothTemplates(source)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return undefined
  }
}

const GIVEN = {
  messages: VARIABLES['messages'] as unknown as readonly Message[],
  chatTemplateKwargs: VARIABLES,
}

test('writes and refuses what the closures do, for every published template', t => {
  if (!existsSync(FOLDER)) return t.skip('../shared is not here')
  const cases = parseJson(
    readFileSync(join(FOLDER, 'conversations.json'), 'utf8'),
  ) as unknown as readonly Case[]
  for (const name of readdirSync(FOLDER).filter(file => file.endsWith('.jinja'))) {
    const both = new BothTemplates(readFileSync(join(FOLDER, name), 'utf8'), { name })
    for (const [i, { messages, variables }] of cases.entries()) {
      const input = { messages, chatTemplateKwargs: variables }
      both.compare(input, { now: NOW })
      both.compare(input, { now: NOW, limits: i % 2 === 0 ? { maxSteps: 5 * i } : { maxLength: 50 * i } })
    }
  }
})

test('writes and refuses what the closures do, for generated conversations', t => {
  if (!existsSync(FOLDER)) return t.skip('../shared is not here')
  const all = readdirSync(FOLDER)
    .filter(file => file.endsWith('.jinja'))
    .map(name => new BothTemplates(readFileSync(join(FOLDER, name), 'utf8'), { name }))
  fc.assert(
    fc.property(conversation, fc.nat(all.length - 1), limits, (variables, first, least) => {
      const messages = variables['messages'] as unknown as readonly Message[]
      for (let i = 0; i < 8; i++) {
        all[(first + i) % all.length]!.compare(
          { messages, chatTemplateKwargs: variables },
          { now: NOW, limits: least },
        )
      }
    }),
    { numRuns: Number(process.env['LOSSLINE_CONVERSATIONS'] ?? 100) },
  )
})

test('writes and refuses what the closures do, for every feature of the language', () => {
  for (const source of FEATURES) compileBoth(source)?.compare(GIVEN, { now: NOW })
})

test('writes and refuses what the closures do, for expressions and statements at random', () => {
  const numRuns = Number(process.env['LOSSLINE_EXPRESSIONS'] ?? 1500)
  const compare = (source: string, least: Partial<RenderLimits>): void =>
    compileBoth(source)?.compare(GIVEN, { now: NOW, limits: least })
  const places = [
    (code: string) => `{{ ${code} }}`,
    (code: string) => `{{ 'a' + ${code} }}{{ ${code} ~ 1 }}`,
    (code: string) => `{% set v = ${code} %}{{ v }}{{ v.k }}{% if v and v is not none %}y{% endif %}`,
    (code: string) => `{% for v in ${code} %}{{ loop.index }}{{ v }}{{ loop.last }}{% else %}e{% endfor %}`,
  ]
  fc.assert(
    fc.property(expression, fc.constantFrom(...places), limits, (code, place, least) =>
      compare(place(code), least),
    ),
    { numRuns },
  )
  fc.assert(fc.property(statements, limits, compare), { numRuns })
})

test('makes code after a few renderings, in which nothing of the template stands', () => {
  const codes: string[] = []
  const { Function: outer } = globalThis
  const source =
    '{% macro zqmacro(zqparam="zqdefault") %}zqtext{{ zqparam.zqkey }}{% endmacro %}{{ zqmacro("zqa" ~ zqname) }}' +
    '{% for zqitem in messages %}{{ zqitem.content + "zqb" }}{{ zqitem["zqc"] is defined }}{{ 98765 in [zqitem.zqd] }}{% endfor %}' +
    '{% set zqns = namespace(zqe=1) %}{% set zqns.zqe = "zqf" %}{{ zqns.zqe | replace("zqg", "zqh") }}{{ "zqi".split("zqj") }}'
  globalThis.Function = new Proxy(outer, {
    construct: (target, args: string[]) => {
      codes.push(args.join('\n'))
      return new target(...args)
    },
  })
  try {
    const template = ChatTemplate.compile(source)
    const messages = [{ role: 'user', content: 'hello' }]
    const texts = Array.from({ length: 200 }, () => template.renderText({ messages }))
    assert.deepEqual(new Set(texts), new Set([texts[0]]))
    const rendered = codes.length
    assert(rendered >= 2, 'the template and its macro are code')
    ChatTemplate.compile(source, { code: 'never' }).renderText({ messages })
    assert.equal(codes.length, rendered)
  } finally {
    globalThis.Function = outer
  }
  for (const code of codes) assert.doesNotMatch(code, /zq|98765|hello/)
})

test('lets macros call one another as deep as closures do', () => {
  const rest =
    '{% if n < 0 %}{{ messages[0].content + n }}{% set q = messages[0] %}{{ q.role ~ n }}{% endif %}'
  const macro = `{% macro f(n) %}{{ n }}${rest.repeat(60)}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}`
  for (const depth of [300, 398, 405]) {
    new BothTemplates(`${macro}{{ f(${depth}) }}`).compare(GIVEN)
    new BothTemplates(`${macro}{% set x = f(${depth}) %}{{ x }}`).compare(GIVEN)
  }
})

test('leaves to closures what is too large or too deep for code', () => {
  const sources = [
    '{{ messages[0].content }}'.repeat(2500),
    `{{ ${Array(1000).fill('messages[0].content').join(' and ')} }}`,
    `{{ ${Array(70_000).fill('s').join(' ~ ')} }}`,
    `{% if a %}${'{% elif a %}x'.repeat(5000)}{% else %}y{% endif %}`,
  ]
  for (const source of sources) new BothTemplates(source).compare(GIVEN)
  failures.length = 0
  const sum = `{{ ${Array(20_000).fill('s').join(' + ')} }}`
  assert.throws(() => ChatTemplate.compile(sum, { name: 'sum.jinja' }), { code: 'template/syntax' })
})

test('renders where code is forbidden', () => {
  const index = new URL('../../src/template/index.js', import.meta.url)
  const script = `
    import { ChatTemplate } from '${index.href}'
    const template = ChatTemplate.compile('{{ messages[0].content }}', { code: 'always' })
    let text = ''
    for (let i = 0; i < 200; i++) text = template.renderText({ messages: [{ role: 'user', content: 'Hi' }] })
    console.log(text)`
  const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '-e', script]
  assert.equal(execFileSync(process.execPath, flags, { encoding: 'utf8' }), 'Hi\n')
})
