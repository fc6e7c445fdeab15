import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rendered } from '../template/index.ts'
import { nameSource, toTraceJson, toTraceView } from './trace.ts'

const place = { startChar: 0, endChar: 1, line: 2, column: 13 }
const said = { kind: 'message', message: 3, field: 'content', path: 'content[0].text' } as const
const rendered: Rendered = {
  text: '<s>\x1b[2Jb',
  pieces: [
    {
      startChar: 0,
      endChar: 3,
      source: { kind: 'variable', name: 'bos_token', path: '' },
      sourceChar: 0,
      writer: place,
    },
    { startChar: 3, endChar: 7, source: said, sourceChar: 5, writer: place },
    {
      startChar: 7,
      endChar: 8,
      source: { kind: 'union', sources: [said, { kind: 'literal', place }, said] },
      sourceChar: undefined,
      writer: place,
    },
  ],
  turns: [{ message: 3, startChar: 3, endChar: 8 }],
  marks: [],
  usesClock: false,
}

test('has a line for each piece: the template’s place, the source, the characters', () => {
  assert.equal(
    toTraceView(rendered),
    [
      '  2:13  bos_token                               <s>',
      'turn of message 3',
      '  2:13  messages[3].content[0].text             ␛[2J',
      '  2:13  messages[3].content[0].text + template  b',
    ].join('\n'),
  )
})

test('tells programs where in its source a piece starts, when it is that source’s own characters', () => {
  assert.deepEqual(toTraceJson(rendered).slice(1), [
    { start: 3, end: 7, source: 'messages[3].content[0].text', source_start: 5, line: 2, column: 13 },
    { start: 7, end: 8, source: 'messages[3].content[0].text + template', line: 2, column: 13 },
  ])
  assert.equal(nameSource({ kind: 'computed', place }), 'computed')
})

// The path leads on from the variable: `bos_token` once came out as an empty name, a tool as `[0].name`.
test('names a variable, and the way inside it', () => {
  const nameOf = (name: string, path: string) => nameSource({ kind: 'variable', name, path })
  assert.equal(nameOf('bos_token', ''), 'bos_token')
  assert.equal(nameOf('tools', '[0].function.name'), 'tools[0].function.name')
  assert.equal(nameOf('settings', 'tone'), 'settings.tone')
})
