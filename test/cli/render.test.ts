import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CHATML, makeModelFolder } from './model-folder.ts'
import { makeFolder, runCli, writeRows } from './run-cli.ts'

const folder = makeFolder()
const model = makeModelFolder()
const template = join(folder, 'chatml.jinja')
writeFileSync(template, CHATML)
const messages = [
  { role: 'user', content: 'Of snow?' },
  { role: 'assistant', content: 'White.' },
]
const file = writeRows(folder, 'chats.jsonl', [{ messages }, { messages: messages.slice(0, 1) }])
const snow = '<|im_start|>user\nOf snow?<|im_end|>\n'
const white = '<|im_start|>assistant\nWhite.<|im_end|>\n'

test('says which special tokens a template reads and nobody has given', async () => {
  const template = join(folder, 'special.jinja')
  writeFileSync(template, '{{ bos_token }}{{ messages[0].content }}{{ eos_token }}')
  const args = ['render', file, '--chat-template', template, '--row', '0']
  const told =
    /special\.jinja reads bos_token and eos_token, here without a value: --tokenizer names the model that has one\./
  assert.match((await runCli(args)).stderr, told)
  assert.doesNotMatch((await runCli([...args, '--tokenizer', model])).stderr, /without a value/)
  const given = ['--chat-template-kwargs', '{"bos_token": "<s>"}']
  assert.match((await runCli([...args, ...given])).stderr, /reads eos_token, here without a value/)
})

test('says which kwargs no template reads, once for all rows', async () => {
  const kwargs = ['--chat-template-kwargs', '{"enable_thinkin": false, "messages": []}']
  const { stderr } = await runCli(['render', file, '--tokenizer', model, ...kwargs])
  assert.equal(
    stderr.match(/chat_template_kwargs sets "enable_thinkin", which the template does not read/g)?.length,
    1,
  )
  assert.doesNotMatch(stderr, /sets "messages"/)
})

test('gives the text of one row to the byte', async () => {
  const { code, stdout } = await runCli(['render', file, '--chat-template', template, '--row', '0'])
  assert.equal(stdout, snow + white)
  assert.equal(code, 0)
})

test('takes special tokens, and the template too, from a model folder', async () => {
  assert.equal(
    (await runCli(['render', file, '--tokenizer', model, '--row', '0'])).stdout,
    `<s>${snow}${white}`,
  )
  const both = ['--chat-template', template, '--tokenizer', model]
  assert.equal((await runCli(['render', file, ...both, '--row', '0'])).stdout, `<s>${snow}${white}`)
})

test('--json has a line for each row; the text ends with a prompt when asked', async () => {
  const flags = ['--chat-template', template, '--json', '--add-generation-prompt']
  const { stdout } = await runCli(['render', file, ...flags])
  assert.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line)),
    [
      { row: 0, text: `${snow}${white}<|im_start|>assistant\n` },
      { row: 1, text: `${snow}<|im_start|>assistant\n` },
    ],
  )
})

test('--continue-final-message leaves the answer open', async () => {
  const { stdout } = await runCli([
    'render',
    file,
    '--chat-template',
    template,
    '--row',
    '0',
    '--continue-final-message',
  ])
  assert.equal(stdout, `${snow}<|im_start|>assistant\nWhite.`)
})

test('names each of several rows', async () => {
  const { stdout } = await runCli(['render', file, '--chat-template', template])
  assert.equal(stdout, `── row 0  ${file}:1\n${snow}${white}\n── row 1  ${file}:2\n${snow}`)
})

test('--trace tells where each piece came from, and --json has it for programs', async () => {
  const call = ['render', file, '--chat-template', template, '--row', '0', '--trace']
  const { stdout } = await runCli(call)
  assert.match(stdout, /^turn of message 1$/m)
  assert.match(stdout, /^ +1:\d+ {2}messages\[1\]\.content +White\.$/m)
  assert.match(stdout, /^ +1:\d+ {2}template +<\|im_end\|>/m)
  const json = JSON.parse((await runCli([...call, '--json'])).stdout) as {
    text: string
    pieces: { start: number; end: number; source: string }[]
  }
  assert.equal(json.pieces.map(({ start, end }) => json.text.slice(start, end)).join(''), json.text)
  assert.ok(json.pieces.some(({ source }) => source === 'messages[0].content'))
})

test('variables come from --chat-template-kwargs, and a row’s own win; --now is the clock', async () => {
  const path = join(folder, 'kwargs.jinja')
  writeFileSync(path, "{{ mood }} {{ strftime_now('%Y-%m-%d %H:%M') }}")
  const rows = writeRows(folder, 'kwargs.jsonl', [
    { messages },
    { messages, chat_template_kwargs: { mood: 'glum' } },
  ])
  const flags = [
    '--chat-template',
    path,
    '--chat-template-kwargs',
    '{"mood": "glad"}',
    '--now',
    '2026-01-15T09:30:00',
  ]
  const { stdout } = await runCli(['render', rows, ...flags, '--json'])
  assert.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map(line => (JSON.parse(line) as { text: string }).text),
    ['glad 2026-01-15 09:30', 'glum 2026-01-15 09:30'],
  )
})

test('a row without messages is told', async () => {
  const rows = writeRows(folder, 'text.jsonl', [{ text: 'a' }])
  const { code, stderr } = await runCli(['render', rows, '--chat-template', template, '--format', 'text'])
  assert.equal(
    stderr,
    `lossline: ${rows}:1 has no messages. Only rows with messages go through a chat template.\n`,
  )
  assert.equal(code, 1)
})
