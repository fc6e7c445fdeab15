import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { lookAt, makeContext, mendExample } from '../../test/lint/run-example.ts'
import type { Json, JsonObject } from '../json/index.ts'
import type { Masked } from '../mask/index.ts'
import { assistant, CHATML, CHATML_TOOLS, call, chat, GOOD, user } from './example.ts'
import { MENDS } from './fixes/index.ts'
import type { RuleExample } from './rule.ts'
import { RULES } from './rules/index.ts'
import { NO_FACTS } from './subject.ts'

describe('each mend', () => {
  for (const { name, rules, does, example } of MENDS) {
    test(`${name} takes away what its rules find, and has nothing to do the second time`, async () => {
      const { before } = example
      const context = await makeContext(before)
      const rows = before.rows!
      const found = rows.flatMap(row => lookAt(row, before, context).findings.map(({ rule }) => rule))
      assert.ok(
        found.some(rule => rules.includes(rule)),
        found.join(),
      )
      const mended = rows.map(row => mendExample(row, before, context))
      assert.deepEqual(
        mended.map(({ row }) => row),
        example.after,
      )
      for (const { row, text, seen, mended: told } of mended) {
        assert.deepEqual(
          seen.findings.filter(({ rule }) => rules.includes(rule)),
          [],
        )
        assert.deepEqual(
          told.map(({ mend }) => mend),
          [name],
        )
        const again = mendExample(row, before, context, text)
        assert.equal(again.text, text)
        assert.deepEqual(again.mended, [])
      }
    })

    test(`${name} is told in a sentence, for rules that there are`, () => {
      assert.match(does, /^[A-Z][^\n]*\.$/)
      for (const rule of rules) assert.ok(RULES.some(other => other.name === rule))
    })
  }
})

const READS_BOTH = CHATML_TOOLS.replace('{{ m.content }}', '{{ m.thinking }}{{ m.content }}')
const BOS: Partial<RuleExample> = {
  template: `{{ bos_token }}${CHATML_TOOLS}`,
  specialTokens: { bos_token: '<s>' },
}

/** Rows with something that a mend is for, and that leave a guess. */
const LEFT: Readonly<Record<string, RuleExample>> = {
  'a role that no format has': { rows: [chat({ role: 'robot', content: 'Colour?' }, assistant('Green.'))] },
  'an answer that is null and nothing else': { rows: [chat(user('Colour?'), assistant(null))] },
  'arguments that are no object': {
    rows: [chat(user('Tide?'), assistant('', call('Brest')))],
    template: CHATML_TOOLS,
  },
  'arguments in a string, for a template that takes them so': {
    rows: [chat(user('Tide?'), assistant('', call('{"port": "Brest"}')))],
    template: CHATML_TOOLS.replace('(call.function.arguments | tojson)', 'call.function.arguments'),
  },
  'null that the template leaves out': {
    rows: [chat(user('Tide?'), assistant(null, call({ port: 'Brest' })))],
    template: CHATML_TOOLS.replace('{{ m.content }}', "{{ m.content or '' }}"),
  },
  'reasoning that the template does not read by any name': {
    rows: [chat(user('Prime?'), assistant('No.', { reasoning: '7 times 13.' }))],
    template: CHATML,
  },
  'reasoning that the template writes one way or another': {
    rows: [chat(user('Prime?'), assistant('No.', { reasoning: '7 times 13.' }))],
    template: READS_BOTH,
  },
  'reasoning of two names': {
    rows: [chat(user('Prime?'), assistant('No.', { reasoning: '7 times 13.', reasoning_content: '91.' }))],
    template: CHATML_TOOLS,
  },
  'a special token inside of a text': { ...BOS, rows: [chat(user('What is <s>?'), assistant('BOS.'))] },
  'a BOS that nothing else writes': {
    rows: [{ text: '<s>The grass is green.' }],
    specialTokens: { bos_token: '<s>' },
  },
}

describe('nothing is changed of', () => {
  for (const [what, example] of Object.entries(LEFT)) {
    test(what, async () => {
      const context = await makeContext(example)
      for (const row of example.rows!) {
        const { row: after, mended } = mendExample(row, example, context)
        assert.deepEqual(mended, [])
        assert.deepEqual(after, row)
      }
    })
  }
})

describe('other forms of rows', () => {
  const mend = async (row: Json, example: RuleExample): Promise<Json> =>
    mendExample(row, example, await makeContext(example)).row

  test('messages as JSON in a string, as CSV has them', async () => {
    const messages = JSON.stringify([{ role: 'User', content: 'Colour?' }, assistant('Green.')])
    const after = JSON.stringify([user('Colour?'), assistant('Green.')])
    assert.deepEqual(await mend({ messages }, {}), { messages: after })
  })

  test('from and value: words in another case, calls in a text', async () => {
    const row = {
      conversations: [
        { from: 'Human', value: 'Tide?' },
        { from: 'function_call', value: '{"name": "lookup", "arguments": "{\\"port\\": \\"Brest\\"}"}' },
        { from: 'AI', value: 'High.' },
      ],
    }
    assert.deepEqual(await mend(row, { template: CHATML_TOOLS }), {
      conversations: [
        { from: 'human', value: 'Tide?' },
        { from: 'function_call', value: '{"name": "lookup", "arguments": {"port": "Brest"}}' },
        { from: 'assistant', value: 'High.' },
      ],
    })
  })

  test('reasoning beside an empty text under the template’s name', async () => {
    const row = chat(user('Prime?'), assistant('No.', { reasoning_content: '', reasoning: '7 times 13.' }))
    const after = chat(user('Prime?'), assistant('No.', { reasoning_content: '7 times 13.', reasoning: '' }))
    assert.deepEqual(await mend(row, { template: CHATML_TOOLS }), after)
  })

  test('the keys of all, as Arrow has them: reasoning goes where null stands', async () => {
    const row = chat(user('Prime?'), assistant('No.', { reasoning_content: null, thinking: '7 times 13.' }))
    const after = chat(user('Prime?'), assistant('No.', { reasoning_content: '7 times 13.', thinking: null }))
    assert.deepEqual(await mend(row, { template: CHATML_TOOLS }), after)
  })

  test('a system column that starts with BOS, and BOS many times', async () => {
    const conversations = [
      { from: 'human', value: '<s>Tide?' },
      { from: 'gpt', value: 'High.' },
    ]
    const after = await mend({ conversations, system: '<s><s>Answer.' }, BOS)
    assert.deepEqual(after, { conversations, system: 'Answer.' })
    const text = { rows: [], specialTokens: { bos_token: '<s>' } }
    assert.deepEqual(await mend({ text: '<s><s><s>Grass.' }, text), { text: '<s>Grass.' })
    assert.deepEqual(
      await mend({ prompt: '<s>Colour?', completion: ' Green.' }, { ...text, addsBos: true }),
      {
        prompt: 'Colour?',
        completion: ' Green.',
      },
    )
  })

  test('two things that are wrong, of which the one hides the other', async () => {
    const row = chat(
      { role: 'SYSTEM', content: null },
      { role: 'Human', content: 'Tide?' },
      assistant(null, call('{"port": "Brest"}')),
    )
    assert.deepEqual(
      await mend(row, { template: CHATML_TOOLS }),
      chat({ role: 'system', content: '' }, user('Tide?'), assistant('', call({ port: 'Brest' }))),
    )
  })
})

test('what was spoiled is what it was before: the row, its text and its mask', async () => {
  const example = BOS as RuleExample
  const context = await makeContext(example)
  fc.assert(
    fc.property(conversations(), fc.infiniteStream(fc.nat(11)), (row, choices) => {
      const good = lookAt(row, example, context)
      fc.pre(good.error === undefined)
      const spoiled = spoil(row, () => choices.next().value)
      const { row: after, seen, mended, text } = mendExample(spoiled, example, context)
      assert.deepEqual(after, row)
      assert.deepEqual(seen.masks.map(toPlain), good.masks.map(toPlain))
      assert.deepEqual(seen.findings, good.findings)
      assert.equal(mended.length === 0, JSON.stringify(spoiled) === JSON.stringify(row))
      assert.equal(mendExample(after, example, context, text).text, text)
    }),
    { numRuns: 150 },
  )
})

function toPlain({ rendered, encoded, weights }: Masked): object {
  return { text: rendered.text, ids: [...encoded.ids], weights: [...weights] }
}

const WORDS = fc
  .stringMatching(/^[a-zé"\\{}\n漢]{1,6}( [a-z]{1,5}){0,3}$/)
  .filter(words => words.trim() !== '')

interface Turn {
  readonly ask: string
  readonly say: string
  readonly reasoning: string | undefined
  readonly args: JsonObject | undefined
}

function conversations(): fc.Arbitrary<JsonObject> {
  const turn: fc.Arbitrary<Turn> = fc.record({
    ask: WORDS,
    say: WORDS,
    reasoning: fc.option(WORDS, { nil: undefined }),
    args: fc.option(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.oneof(WORDS, fc.integer(), fc.boolean())),
      {
        nil: undefined,
      },
    ),
  })
  const toMessages = ({ ask, say, reasoning, args }: Turn): JsonObject[] => [
    user(ask),
    assistant(args === undefined ? say : '', {
      ...(reasoning !== undefined && { reasoning_content: reasoning }),
      ...(args !== undefined && call({ ...args })),
    }),
  ]
  return fc.array(turn, { minLength: 1, maxLength: 3 }).map(turns => chat(...turns.flatMap(toMessages)))
}

const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  user: ['User', 'USER ', 'human', 'Prompter'],
  assistant: ['ASSISTANT', 'model', 'gpt', ' Assistant'],
}

/** Each thing that can be wrong, or not. */
function spoil(row: JsonObject, choose: () => number): JsonObject {
  const messages = (row['messages'] as readonly JsonObject[]).map((message, m) => {
    const spoiled = Object.entries(message).map(([key, value]): [string, Json] => {
      const choice = choose()
      if (key === 'role' && choice < 4) return [key, SPELLINGS[value as string]![choice]!]
      if (key === 'content' && value === '' && choice < 6) return [key, null]
      if (key === 'content' && m === 0 && choice < 6)
        return [key, `<s>${choice < 3 ? '<s>' : ''}${value as string}`]
      if (key === 'reasoning_content' && choice < 6) return [choice < 3 ? 'reasoning' : 'thinking', value]
      if (key === 'tool_calls' && choice < 6) return [key, encodeArguments(value, choice % 3)]
      return [key, value]
    })
    return Object.fromEntries(spoiled)
  })
  return { messages }
}

function encodeArguments(calls: Json, indent: number): Json {
  return (calls as readonly JsonObject[]).map(item => {
    const inner = item['function'] as JsonObject
    return { ...item, function: { ...inner, arguments: JSON.stringify(inner['arguments'], null, indent) } }
  })
}

test('a content that a column has as null is mended as one in JSON, but not where another key may hold it', async () => {
  const mend = async (message: JsonObject, isColumnar: boolean): Promise<Json> => {
    const example = { rows: [], facts: { ...NO_FACTS, isColumnar } }
    return mendExample(chat(message, assistant('Green.')), example, await makeContext(example)).row
  }
  const empty = chat({ role: 'user', content: '' }, assistant('Green.'))
  assert.deepEqual(await mend({ role: 'user' }, true), empty)
  assert.deepEqual(await mend({ role: 'user', content: null }, true), empty)
  for (const [message, isColumnar] of [
    [{ role: 'user', body: 'Of grass?' }, true],
    [{ role: 'user' }, false],
  ] as const)
    assert.deepEqual(await mend(message, isColumnar), chat(message, assistant('Green.')))
})

test('a row without findings is the same', async () => {
  const context = await makeContext({})
  assert.deepEqual(mendExample(GOOD, {}, context).mended, [])
})
