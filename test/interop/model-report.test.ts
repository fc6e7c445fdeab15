// The report of every published template: what it says of prompts is what the real Jinja2 writes.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  type ModelReport,
  makeStandIn,
  reportModel,
  type TurnReport,
  toModelJson,
} from '../../src/agreement/index.ts'
import { listProbes, TOOLS } from '../../src/agreement/probes.ts'
import type { Conversation } from '../../src/conversation/index.ts'
import type { Json, JsonObject } from '../../src/json/index.ts'
import { ChatTemplate, findGivenVariables } from '../../src/template/index.ts'
import { hasJinja, type JinjaAnswer, NOW, renderWithJinja } from './jinja-oracle.ts'
import { findPython, findShared, runPython, whyNoPython } from './python.ts'

const FOLDER = findShared('templates')

interface Reported {
  readonly name: string
  readonly source: string
  readonly specialTokens: Readonly<Record<string, Json>>
  readonly report: ModelReport
}

/** Of all templates, once. */
function reportAll(folder: string): readonly Reported[] {
  all ??= reportEach(folder)
  return all
}

let all: readonly Reported[] | undefined

function reportEach(folder: string): Reported[] {
  const names = readdirSync(folder).filter(name => name.endsWith('.jinja'))
  return names.map(name => {
    const source = readFileSync(join(folder, name), 'utf8')
    const context = { ...makeStandIn([ChatTemplate.compile(source, { name })]), now: NOW }
    const report = reportModel({
      context,
      templates: [{ name: 'default', source, file: name }],
      configs: { generation: undefined, model: undefined, unusedTemplates: [] },
      hasTokenizer: false,
      where: file => file,
    })
    return { name, source, specialTokens: context.specialTokens as Record<string, Json>, report }
  })
}

/** A turn that was reported, with the conversation and the variables that it was made of. */
interface Asked {
  readonly of: Reported
  readonly turn: TurnReport
  readonly conversation: Conversation
  readonly kwargs: JsonObject
}

function listAsked(of: Reported): Asked[] {
  const [template] = of.report.templates
  const { found, needsTools, turns, switches } = template!
  if (found.unusable !== undefined) return []
  const probes = listProbes(found.shape, needsTools ? TOOLS : undefined)
  const settings = [
    { kwargs: {}, turns },
    ...switches.flatMap(({ name, effects }) =>
      effects.flatMap(effect =>
        effect.values.map(value => ({ kwargs: { [name]: value }, turns: effect.turns })),
      ),
    ),
  ]
  return settings.flatMap(({ kwargs, turns }) =>
    turns.flatMap(turn => {
      const probe = probes.find(({ name }) => name === turn.name)!
      const { conversation, answer } = probe
      const asked = { ...conversation, messages: conversation.messages.slice(0, answer) }
      return 'refused' in turn ? [] : [{ of, turn, conversation: asked, kwargs }]
    }),
  )
}

function toCase(
  { of, conversation, kwargs }: Asked,
  addGenerationPrompt: boolean,
): Parameters<typeof renderWithJinja>[0][number] {
  const { messages, tools = null } = conversation
  const variables = {
    messages: [...messages],
    tools,
    documents: null,
    add_generation_prompt: addGenerationPrompt,
  }
  return { template: of.source, variables: { ...of.specialTokens, ...variables, ...kwargs } }
}

const textOf = (answer: JinjaAnswer): string =>
  'text' in answer ? answer.text : `${answer.error} ${answer.message}`

test('the generation prompt of every published template is what Jinja2 adds', t => {
  if (FOLDER === undefined) return t.skip('../shared is not here')
  if (!hasJinja()) return t.skip(whyNoPython('interop'))
  const reported = reportAll(FOLDER)
  const asked = reported.flatMap(listAsked)
  const answers = renderWithJinja(asked.flatMap(item => [toCase(item, true), toCase(item, false)]))
  for (const [a, { of, turn, kwargs }] of asked.entries()) {
    const [prompted, unprompted] = [textOf(answers[2 * a]!), textOf(answers[2 * a + 1]!)]
    const { by, text } = turn.prompt
    const what = `${of.name}, ${turn.name}, ${JSON.stringify(kwargs)}: ${JSON.stringify(turn.prompt)}`
    switch (by) {
      case 'added':
        assert.equal(text, prompted.slice(unprompted.length), what)
        assert.ok(prompted.startsWith(unprompted) && text !== '', what)
        break
      case 'other':
        assert.ok(
          prompted !== unprompted && !prompted.startsWith(unprompted) && prompted.endsWith(text),
          what,
        )
        break
      case 'always':
        assert.ok(prompted === unprompted && prompted.includes(text), what)
        break
      case 'never':
        assert.ok(prompted === unprompted && !prompted.endsWith(text), what)
        break
      default: {
        const never: never = by
        assert.fail(never)
      }
    }
    if (turn.startsWithPrompt && by === 'added') assert.notEqual(turn.answer.length, 0, what)
  }
  assert.ok(asked.length > 1000, `only ${asked.length} prompts`)
  t.diagnostic(`${asked.length} prompts of ${reported.length} templates`)
})

test('a switch that is reported changes what Jinja2 writes, and a value of no effect does not', t => {
  if (FOLDER === undefined) return t.skip('../shared is not here')
  if (!hasJinja()) return t.skip(whyNoPython('interop'))
  const cases: { name: string; asked: Asked; isSame: boolean }[] = []
  for (const of of reportAll(FOLDER)) {
    const [template] = of.report.templates
    const plain = listAsked(of).find(({ kwargs }) => Object.keys(kwargs).length === 0)
    for (const { name, same, effects } of template!.switches) {
      const turn = plain!.turn
      for (const value of same)
        cases.push({ name, asked: { ...plain!, turn, kwargs: { [name]: value } }, isSame: true })
      for (const { values, turns } of effects)
        for (const value of turns.some(({ name }) => name === turn.name) ? values : [])
          cases.push({ name, asked: { ...plain!, turn, kwargs: { [name]: value } }, isSame: false })
    }
  }
  const answers = renderWithJinja(
    cases.flatMap(({ asked }) => [toCase(asked, true), toCase({ ...asked, kwargs: {} }, true)]),
  )
  let changed = 0
  for (const [c, { name, asked, isSame }] of cases.entries()) {
    const isEqual = textOf(answers[2 * c]!) === textOf(answers[2 * c + 1]!)
    if (isSame) assert.ok(isEqual, `${asked.of.name}: ${name} ${JSON.stringify(asked.kwargs)}`)
    if (!isEqual) changed++
  }
  assert.ok(changed > 20, `only ${changed} of ${cases.length} change a plain prompt`)
})

test('every report is JSON without a hole, and no text of it is what only this code could have', t => {
  if (FOLDER === undefined) return t.skip('../shared is not here')
  for (const { name, report } of reportAll(FOLDER)) {
    const json = JSON.stringify(toModelJson(report, name))
    assert.deepEqual(JSON.parse(json), toModelJson(report, name), name)
    assert.ok(!/"text":"[^"]*undefined/.test(json), name)
  }
})

test('variables that nobody sets are among those that Jinja2 finds, and all of those but such as the template sets itself', t => {
  if (FOLDER === undefined) return t.skip('../shared is not here')
  const python = findPython('interop')
  if (python === undefined) return t.skip(whyNoPython('interop'))
  const names = readdirSync(FOLDER).filter(name => name.endsWith('.jinja'))
  const sources = names.map(name => readFileSync(join(FOLDER, name), 'utf8'))
  const answers = runPython(python, 'test/interop/given_names.py', sources) as {
    undeclared: string[]
    stored: string[]
  }[]
  for (const [n, { undeclared, stored }] of answers.entries()) {
    const ours = new Set(findGivenVariables(sources[n]!).map(({ name }) => name))
    for (const name of ours)
      assert.ok(undeclared.includes(name), `${names[n]}: ${name} is set by the template`)
    for (const name of undeclared) {
      if (KNOWN.has(name) || name.endsWith('_token') || stored.includes(name)) continue
      assert.ok(ours.has(name), `${names[n]}: ${name} is not found`)
    }
  }
})

/** What every template is given. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['messages', 'tools', 'documents', 'add_generation_prompt'],
  ...['range', 'dict', 'namespace', 'cycler', 'joiner', 'lipsum', 'raise_exception', 'strftime_now'],
])
