/** Each kind of bad input: one line on standard error that says what, where and what to do; exit code 1; the other rows are shown. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeModelFolder } from './model-folder.ts'
import { makeFolder, runCli, writeRows } from './run-cli.ts'

const folder = makeFolder()
const model = makeModelFolder()
const user = { role: 'user', content: 'Of snow?' }
const good = { messages: [user, { role: 'assistant', content: 'White.' }] }

/** A row between two good ones, and what is said about it. */
const ROWS: readonly (readonly [name: string, row: unknown, line: string])[] = [
  [
    'an empty conversation',
    { messages: [] },
    'messages is an empty list; a conversation has at least one message. Leave the row out, or give it messages.',
  ],
  [
    'an unknown role',
    { messages: [user, { role: 'asistant', content: 'White.' }] },
    'messages[1].role is "asistant"; expected system, developer, user, assistant or tool. Did you mean assistant? Correct it, or map it with --role-map asistant=assistant.',
  ],
  [
    'null content',
    { messages: [{ role: 'user', content: null }] },
    'messages[0].content is null; only an assistant message with tool calls may do without. Write "" for an empty message.',
  ],
  [
    'a content part of an unknown type',
    { messages: [{ role: 'user', content: [{ type: 'smell', text: 'x' }] }] },
    'messages[0].content[0].type is "smell"; expected text, image, image_url, video, video_url, audio, audio_url, input_audio, file, document, refusal or thinking. Write {"type": "text", "text": …}, or the content as one string.',
  ],
  [
    'a tool call without a name',
    {
      messages: [
        user,
        { role: 'assistant', content: '', tool_calls: [{ type: 'function', function: { arguments: {} } }] },
      ],
    },
    "messages[1].tool_calls[0].function.name is missing; expected the function's name. Name the function that the call is for.",
  ],
  [
    'a row that is no object',
    [1, 2],
    'the row is a list; expected an object. Write each row as {"messages": […]}.',
  ],
]

for (const [name, row, said] of ROWS) {
  test(`${name} is told with file and row, and the other rows are shown`, async () => {
    const file = writeRows(folder, 'rows.jsonl', [good, row, good])
    const line = `lossline: ${file}:2 ${said}\n`
    const { code, stdout, stderr } = await runCli([
      'show',
      file,
      '--tokenizer',
      model,
      '--json',
      '--format',
      'messages',
    ])
    assert.equal(stderr, `${line}lossline: 1 of 3 rows failed and are not shown; the lines above say why.\n`)
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map(json => (JSON.parse(json) as { row: number }).row),
      [0, 2],
    )
    assert.equal(code, 1)
    const rendered = await runCli(['render', file, '--tokenizer', model, '--json', '--format', 'messages'])
    assert.equal(rendered.stderr, line)
    assert.equal(rendered.code, 1)
    assert.deepEqual(JSON.parse(rendered.stdout.split('\n')[1]!), { row: 1, error: line.slice(10, -1) })
  })
}

test('a template that raises is told in its own words, with its place and the row', async () => {
  const template =
    "{% for m in messages %}\n{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{{ m.content }}{% endfor %}"
  const file = writeRows(folder, 'raises.jsonl', [
    good,
    { messages: [{ role: 'system', content: 'a' }, user] },
    good,
  ])
  const path = join(folder, 'raises.jinja')
  writeFileSync(path, template)
  const said = /^lossline: .*raises\.jsonl:2 .*raises\.jinja:2:\d+ .*System role not supported.*\n/
  const flags = ['--chat-template', path, '--json', '--format', 'messages']
  const rendered = await runCli(['render', file, ...flags])
  assert.equal(rendered.code, 1)
  assert.match(rendered.stderr, said)
  assert.equal(rendered.stdout.trimEnd().split('\n').length, 3)
  const shown = await runCli(['show', file, '--tokenizer', model, ...flags])
  assert.equal(shown.code, 1)
  assert.match(shown.stderr, said)
  assert.equal(shown.stdout.trimEnd().split('\n').length, 2)
})

test('a template that can’t be parsed ends the command with its line and column', async () => {
  const file = writeRows(folder, 'rows.jsonl', [good])
  const path = join(folder, 'broken.jinja')
  writeFileSync(path, 'a\n{% for m in messages %}')
  const { code, stdout, stderr } = await runCli(['render', file, '--chat-template', path])
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /^lossline: .*broken\.jinja:\d+:\d+ [^\n]+\n$/)
})

test('a tokenizer.json cut in half ends the command', async () => {
  const file = writeRows(folder, 'rows.jsonl', [good])
  const whole = readFileSync(join(model, 'tokenizer.json'), 'utf8')
  const cut = join(folder, 'cut.json')
  writeFileSync(cut, whole.slice(0, whole.length / 2))
  for (const command of ['show', 'tokenize']) {
    const { code, stdout, stderr } = await runCli([command, file, '--tokenizer', cut])
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /^lossline: [^\n]*cut\.json[^\n]*\n$/)
  }
})

test('invalid UTF-8 is told with its row and its byte', async () => {
  const file = join(folder, 'latin1.jsonl')
  const row = Buffer.from(`${JSON.stringify(good)}\n`)
  writeFileSync(file, Buffer.concat([row, Buffer.from('{"text": "caf\xe9"}\n', 'latin1'), row]))
  const { code, stdout, stderr } = await runCli([
    'show',
    file,
    '--tokenizer',
    model,
    '--json',
    '--format',
    'messages',
  ])
  assert.equal(code, 1)
  assert.match(stderr, /^lossline: [^\n]*latin1\.jsonl:2 [^\n]*UTF-8[^\n]*\n/)
  assert.equal(stdout.trimEnd().split('\n').length, 2)
})

test('a byte order mark is told and skipped', async () => {
  const file = join(folder, 'bom.jsonl')
  writeFileSync(file, `\ufeff${JSON.stringify(good)}\n`)
  const { code, stdout, stderr } = await runCli([
    'show',
    file,
    '--tokenizer',
    model,
    '--json',
    '--format',
    'messages',
  ])
  assert.equal(stderr, `lossline: ${file} starts with a byte order mark, which is skipped.\n`)
  assert.equal(stdout.trimEnd().split('\n').length, 1)
  assert.equal(code, 0)
})

test('a file that isn’t there, is a folder or is empty ends the command', async () => {
  const empty = join(folder, 'empty.jsonl')
  writeFileSync(empty, '')
  for (const [file, said] of [
    [join(folder, 'none.jsonl'), 'does not exist'],
    [folder, 'is a folder'],
    [empty, 'is empty'],
  ] as const) {
    const { code, stdout, stderr } = await runCli(['show', file, '--tokenizer', model])
    assert.match(stderr, new RegExp(`^lossline: ${file} ${said}[^\\n]*\\n$`))
    assert.equal(stdout, '')
    assert.equal(code, 1)
  }
  const { code, stderr } = await runCli(['show', empty, '--tokenizer', join(folder, 'no-model')])
  assert.match(stderr, /^lossline: [^\n]*no-model does not exist[^\n]*\n$/)
  assert.equal(code, 1)
  const template = await runCli(['render', empty, '--chat-template', join(folder, 'none.jinja')])
  assert.equal(
    template.stderr,
    `lossline: ${join(folder, 'none.jinja')} does not exist. Check --chat-template.\n`,
  )
  assert.equal(template.code, 1)
})

test('what a row quotes never acts on the terminal', async () => {
  const file = writeRows(folder, 'escape.jsonl', [{ messages: [{ role: '\x1b[2J\u202e', content: 'a' }] }])
  const { stderr } = await runCli(['show', file, '--tokenizer', model])
  assert.doesNotMatch(stderr.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u)
})

/** Files that are no data, by their first bytes, and what is said of them. */
const KINDS: readonly (readonly [start: string, said: string])[] = [
  ['\x89PNG\r\n\x1a\n', 'is a PNG image; '],
  ['%PDF-1.7\n', 'is a PDF document; '],
  ['\xfd7zXZ\0', 'is packed with xz; '],
  ['<!DOCTYPE html>\n<html>', 'is a page of HTML; '],
  [
    'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n',
    'is a pointer of Git LFS, and not the file; ',
  ],
]

for (const [start, said] of KINDS) {
  test(`a file that ${said.replace('; ', '')} is refused in one line`, async () => {
    const file = join(folder, 'other.jsonl')
    writeFileSync(file, Buffer.from(`${start}${'\x93\n'.repeat(50)}`, 'latin1'))
    for (const command of ['check', 'snapshot']) {
      const { code, stdout, stderr } = await runCli([command, file, '--tokenizer', model])
      assert.equal(code, 1)
      assert.equal(stdout, '')
      assert.ok(stderr.startsWith(`lossline: ${file} ${said}`), stderr)
      assert.equal(stderr.trimEnd().split('\n').length, 1)
    }
  })
}

test('of many rows that are wrong in one way three are told, and then how many', async () => {
  const file = join(folder, 'garbage.jsonl')
  writeFileSync(
    file,
    Buffer.concat(Array.from({ length: 40 }, (_, i) => Buffer.from([0x80 + i, 0x41, 0x0a]))),
  )
  const { code, stderr } = await runCli(['snapshot', file, '--tokenizer', model])
  assert.equal(code, 1)
  const lines = stderr.trimEnd().split('\n')
  assert.equal(lines.length, 5)
  assert.match(lines[2]!, /:3 is not UTF-8: byte 6 of the file is 0x82/)
  assert.match(lines[3]!, /^lossline: and 17 more like it: is not UTF-8/)
  assert.match(lines[4]!, /garbage\.jsonl\.masks would hold no example: none of 20 rows can be used\./)
})

test('a template that does not end ends the work after ten rows', async () => {
  const template = join(folder, 'loop.jinja')
  const loop = (inner: string): string => `{% for i in range(99999) %}${inner}{% endfor %}`
  writeFileSync(template, loop(loop(loop(''))))
  const file = writeRows(folder, 'many.jsonl', Array(40).fill(good))
  for (const [command, ...more] of [['check', '--workers', '1'], ['snapshot']] as const) {
    const args = [command, file, '--tokenizer', model, '--chat-template', template, ...more]
    const { code, stderr } = await runCli(args)
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^lossline: \S+many\.jsonl:10 \S*loop\.jinja:1:\d+ the template does not end within 20000000 steps/m,
    )
    assert.doesNotMatch(stderr, /many\.jsonl:11/)
  }
})
