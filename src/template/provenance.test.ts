import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../json/index.ts'
import { ChatTemplate, type Piece, type Source, type TemplateInput } from './index.ts'

const MESSAGES = [
  { role: 'user', content: ' Hi there ' },
  {
    role: 'assistant',
    content: '<think>\nwhy\n</think>\n\nBecause.',
    tool_calls: [
      { id: 'c1', function: { name: 'f', arguments: { n: 2, city: 'Köln', deep: { on: true } } } },
    ],
  },
]

/** Pieces in one line each: the text, and where it came from. */
function trace(source: string, input: Partial<TemplateInput> = {}): string[] {
  const rendered = ChatTemplate.compile(source).render(
    { messages: MESSAGES, ...input },
    { variables: { bos_token: '<s>' } },
  )
  return rendered.pieces.map(
    piece => `${rendered.text.slice(piece.startChar, piece.endChar)} < ${describe(piece.source, piece)}`,
  )
}

function describe(source: Source, piece: Piece): string {
  const at = piece.sourceChar === undefined ? '' : `+${piece.sourceChar}`
  switch (source.kind) {
    case 'message':
      return `${source.message}.${source.path}(${source.field})${at}`
    case 'variable':
      return `$${source.name}${source.path}${at}`
    case 'union':
      return source.sources.map(one => describe(one, { ...piece, sourceChar: undefined })).join('|')
    default:
      return `${source.kind} ${source.place.line}:${source.place.column}`
  }
}

test('tells literals, messages and variables apart', () => {
  assert.deepEqual(trace("{{ bos_token }}[{{ messages[0].role + ': ' ~ messages[0].content }}]"), [
    '<s> < $bos_token+0',
    '[ < literal 1:16',
    'user < 0.role(role)+0',
    ':  < literal 1:39',
    ' Hi there  < 0.content(content)+0',
    '] < literal 1:68',
  ])
})

test('keeps the origin of characters that are selected', () => {
  const content = 'messages[1].content'
  assert.deepEqual(trace(`{{ ${content}.split('</think>')[-1].lstrip('\\n') }}`), [
    'Because. < 1.content(content)+22',
  ])
  assert.deepEqual(trace(`{{ ${content}.split('</think>')[0].split('<think>') | last | trim }}`), [
    'why < 1.content(content)+8',
  ])
  assert.deepEqual(
    trace('{{ messages[0].content | trim | reverse | first }}{{ messages[0].content[1:3] }}'),
    ['e < 0.content(content)+8', 'Hi < 0.content(content)+1'],
  )
  assert.deepEqual(trace('{{ [messages[0].content.strip(), "x"] | join("-") }}'), [
    'Hi there < 0.content(content)+1',
    '- < literal 1:46',
    'x < literal 1:34',
  ])
  assert.deepEqual(trace('{{ "<%s>" % messages[0].role }}{{ "{}!".format(messages[0].role) }}'), [
    '< < literal 1:4',
    'user < 0.role(role)+0',
    '> < literal 1:4',
    'user < 0.role(role)+0',
    '! < literal 1:35',
  ])
})

test('gives what is rewritten to all of its sources', () => {
  assert.deepEqual(trace('{{ messages[0].content | upper }}'), [' HI THERE  < 0.content(content)'])
  assert.deepEqual(trace('{{ messages[0].content | replace("zz", "y") }}'), [
    ' Hi there  < 0.content(content)+0',
  ])
  assert.deepEqual(trace('{{ messages[0].content.strip().replace("there", messages[0].role) }}'), [
    'Hi user < 0.content(content)|0.role(role)',
  ])
  assert.deepEqual(trace('{{ (messages[0].role ~ messages[1].role) | title }}'), [
    'Userassistant < 0.role(role)|1.role(role)',
  ])
})

test('gives the JSON of a container to the container, and that of a message to its fields', () => {
  assert.deepEqual(trace('{{ messages[1].tool_calls[0].function.arguments | tojson }}'), [
    '{"n": 2, "city": "Köln", "deep": {"on": true}} < 1.tool_calls[0].function.arguments(tool_calls)',
  ])
  assert.deepEqual(trace('{{ messages[0] | tojson }}'), [
    '{"role": "user", "content": " Hi there "} < 0.role(role)|0.content(content)',
  ])
  assert.deepEqual(trace('{{ tools | tojson }}{{ tools[0] | string }}', { tools: [{ name: 't' }] }), [
    '[{"name": "t"}] < $tools',
    "{'name': 't'} < $tools[0]",
  ])
  assert.deepEqual(trace('{{ {"a": messages[0].role, "b": [messages[1].role]} | tojson }}'), [
    '{"a": "user", "b": ["assistant"]} < 0.role(role)|1.role(role)',
  ])
})

test('knows where numbers and booleans came from when they are printed', () => {
  const loop =
    '{% for k, v in messages[1].tool_calls[0].function.arguments.items() %}{{ k }}={{ v }};{% endfor %}'
  assert.deepEqual(
    trace(loop).filter(line => !line.startsWith(';') && !line.startsWith('=')),
    [
      'n < 1.tool_calls[0].function.arguments.n(tool_calls)',
      '2 < 1.tool_calls[0].function.arguments.n(tool_calls)',
      'city < 1.tool_calls[0].function.arguments.city(tool_calls)',
      'Köln < 1.tool_calls[0].function.arguments.city(tool_calls)+0',
      'deep < 1.tool_calls[0].function.arguments.deep(tool_calls)',
      "{'on': True} < 1.tool_calls[0].function.arguments.deep(tool_calls)",
    ],
  )
  const macro =
    '{% macro show(v) %}{{ v | tojson }}{% endmacro %}{{ show(messages[1].tool_calls[0].function.arguments.n) }}'
  assert.deepEqual(trace(macro), ['2 < 1.tool_calls[0].function.arguments.n(tool_calls)'])
  assert.deepEqual(trace('{{ messages[1].tool_calls[0].function.arguments.n + 1 }}'), ['3 < computed 1:4'])
})

test('names the fields of a message', () => {
  const messages = [
    {
      role: 'assistant',
      reasoning_content: 'r',
      name: 'n',
      tool_call_id: 'i',
      extra: 'x',
      content: [
        { type: 'thinking', thinking: 't' },
        { type: 'text', text: 'c' },
      ],
    },
  ]
  const source =
    '{% set m = messages[0] %}{{ m.reasoning_content ~ m.name ~ m.tool_call_id ~ m.extra ~ m.content[0].thinking ~ m.content[1].text }}'
  assert.deepEqual(trace(source, { messages }), [
    'r < 0.reasoning_content(reasoning)+0',
    'n < 0.name(name)+0',
    'i < 0.tool_call_id(tool_call_id)+0',
    'x < 0.extra(other)+0',
    't < 0.content[0].thinking(reasoning)+0',
    'c < 0.content[1].text(content)+0',
  ])
})

test('keeps the origin through dicts, namespaces, blocks and macros of the template', () => {
  const source =
    '{% set ns = namespace(m={"role": "x", "content": messages[0].content}) %}{% set b %}{{ ns.m.content | trim }}!{% endset %}' +
    '{% macro say(x) %}<{{ x }}>{% endmacro %}{{ say(b) }}{% filter trim %} {{ ns.m["content"] }} {% endfilter %}'
  assert.deepEqual(
    trace(source).filter(line => line.includes('content')),
    ['Hi there < 0.content(content)+1', 'Hi there < 0.content(content)+1'],
  )
})

test('tells equal objects in two places apart', () => {
  const message = { role: 'user', content: 'same' }
  const call = { function: { name: 'f' } }
  const calling = (id: string) => ({ role: 'assistant', content: id, tool_calls: [call] })
  const source =
    '{% for m in messages %}{{ m.content }}{% for c in m.tool_calls %}{{ c.function.name }}{% endfor %}{% endfor %}'
  assert.deepEqual(trace(source, { messages: [message, calling('a'), message, calling('b')] }), [
    'same < 0.content(content)+0',
    'a < 1.content(content)+0',
    'f < 1.tool_calls[0].function.name(tool_calls)+0',
    'same < 2.content(content)+0',
    'b < 3.content(content)+0',
    'f < 3.tool_calls[0].function.name(tool_calls)+0',
  ])
})

function turns(
  source: string,
  messages: readonly { role: string; [key: string]: Json }[] = MESSAGES,
): string[] {
  const rendered = ChatTemplate.compile(source).render({ messages })
  return rendered.turns.map(turn => `${turn.message}:${rendered.text.slice(turn.startChar, turn.endChar)}`)
}

test('makes a turn of each iteration of the outermost loop over messages', () => {
  assert.deepEqual(turns('A{% for m in messages %}[{{ m.role }}]{% endfor %}Z'), [
    '0:[user]',
    '1:[assistant]',
  ])
  assert.deepEqual(turns('{% for m in messages[1:] %}[{{ m.role }}]{% endfor %}'), ['1:[assistant]'])
  assert.deepEqual(turns('{% for m in messages | reverse %}[{{ m.role }}]{% endfor %}'), [
    '1:[assistant]',
    '0:[user]',
  ])
  assert.deepEqual(turns('{% for m in messages if m.role == "user" %}[{{ m.role }}]{% endfor %}'), [
    '0:[user]',
  ])
  assert.deepEqual(turns('{% for m in messages %}{% if loop.first %}x{% endif %}{% endfor %}'), ['0:x'])
  assert.deepEqual(
    turns('{% for m in messages %}<{% for n in messages %}{{ n.role }}{% endfor %}>{% endfor %}'),
    ['0:<userassistant>', '1:<userassistant>'],
  )
})

test('finds the turns of a loop inside a macro or a set block', () => {
  const loop = '{% for m in messages %}[{{ m.role }}]{% endfor %}'
  assert.deepEqual(turns(`{% macro all() %}a${loop}{% endmacro %}x{{ all() }}`), [
    '0:[user]',
    '1:[assistant]',
  ])
  assert.deepEqual(turns(`{% set all %} ${loop} {% endset %}x{{ all | trim }}`), [
    '0:[user]',
    '1:[assistant]',
  ])
})
