import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeModelFolder } from './model-folder.ts'
import { makeFolder, runCli, writeRows } from './run-cli.ts'

const folder = makeFolder()
const model = makeModelFolder()
const chats = writeRows(folder, 'chats.jsonl', [
  {
    messages: [
      { role: 'user', content: 'Of snow?' },
      { role: 'assistant', content: 'White.' },
    ],
  },
])

/** Each is a mistake in how the command is called: exit code 2, nothing on standard output, one line on standard error. */
const MISTAKES: readonly (readonly [args: readonly string[], line: string])[] = [
  [['shwo', chats], "lossline: unknown command 'shwo'. Did you mean show?"],
  [['show'], "lossline: missing required argument 'FILE'."],
  [['show', chats, '--maks', 'all'], "lossline: unknown option '--maks'. Did you mean --mask?"],
  [['show', chats, 'more.jsonl'], "lossline: too many arguments for 'show'. Expected 1 argument but got 2."],
  [['show', chats, '--tokenizer'], "lossline: option '--tokenizer <FOLDER>' argument missing."],
  [
    ['show', chats],
    'lossline: --tokenizer is needed. Name a model folder, its tokenizer.json, or a model of the Hub (org/name).',
  ],
  [
    ['show', chats, '--tokenizer', model, '--mask', 'assistent'],
    'lossline: --mask is "assistent"; expected assistant, completion, all, generation-marks, response-template, responses-only, prompt-ids, prompt-diff or dummy-diff. Did you mean assistant?',
  ],
  [
    ['show', chats, '--tokenizer', model, '--mask', 'response-template', '--format', 'messages'],
    'lossline: The strategy response-template needs to know what stands before an answer. Give it with --response-template, as text or as a list of ids.',
  ],
  [
    ['show', chats, '--tokenizer', model, '--roles', 'user,asistant'],
    'lossline: --roles names "asistant"; expected system, developer, user, assistant or tool. Did you mean assistant?',
  ],
  [
    ['show', chats, '--tokenizer', model, '--response-template', 'x'],
    'lossline: --response-template has no effect on --mask assistant, completion, all. It goes with --mask response-template or responses-only.',
  ],
  [
    ['show', chats, '--tokenizer', model, '--mask', 'all', '--turns', 'last'],
    'lossline: --turns has no effect on --mask all. It goes with --mask assistant or responses-only.',
  ],
  [
    ['show', chats, '--tokenizer', model, '--mask', 'response-template', '--response-template', '[1,'],
    'lossline: --response-template is "[1,"; expected text, or a JSON list of ids. Write [523, 321].',
  ],
  [
    ['help', 'foo'],
    'lossline: help has no command "foo"; expected demo, show, view, compare, render, tokenize, check, explain, mark, snapshot, prepare, train, generate, merge or worker',
  ],
  [
    ['show', chats, '--tokenizer', model, '--format', 'csv'],
    'lossline: --format is "csv"; expected messages, from-value, prompt-completion, alpaca or text. How the file is written is --input-format csv.',
  ],
  [
    ['render', chats, '--tokenizer', model, '--format', 'json'],
    'lossline: --format is "json"; expected messages, from-value, prompt-completion, alpaca or text. Answers as JSON are --json, JSON files --input-format json.',
  ],
  [
    ['check', chats, '--tokenizer', model, '--format', 'messages'],
    'lossline: --format is "messages"; expected text, json, sarif or github. What is read is --input-format messages.',
  ],
  [
    ['prepare', chats, '--tokenizer', model, '-o', 'out', '--format', 'csv'],
    'lossline: --format is "csv"; expected arrow, parquet or jsonl. What is read is --input-format csv.',
  ],
  [
    ['show', chats, '--tokenizer', model, '--format', 'messages', '--input-format', 'messages,jsonl'],
    'lossline: --format and --input-format both say what the rows are. Give one of them.',
  ],
  [
    ['show', chats, '--tokenizer', model, '--compare', 'all'],
    'lossline: --compare is "all"; expected two strategies. Write A,B.',
  ],
  [
    ['show', chats, '--tokenizer', model, '--compare', 'all,none'],
    'lossline: --compare is "none"; expected assistant, completion, all, generation-marks, response-template, responses-only, prompt-ids, prompt-diff or dummy-diff',
  ],
  [
    ['show', chats, '--tokenizer', model, '--turns', 'first'],
    'lossline: --turns is "first"; expected all or last',
  ],
  [
    ['show', chats, '--tokenizer', model, '--train_on_eot', 'all'],
    'lossline: --train-on-eot is "all"; expected turn, last or none',
  ],
  [
    ['show', chats, '--tokenizer', model, '--row', '-1'],
    'lossline: --row is "-1"; expected the number of a row, from 0',
  ],
  [
    ['show', chats, '--tokenizer', model, '--rows', '3'],
    'lossline: --rows is "3"; expected A:B, such as 10:20',
  ],
  [
    ['show', chats, '--tokenizer', model, '--row', '0', '--rows', '0:1'],
    'lossline: --row and --rows exclude each other. Give one of them.',
  ],
  [
    ['show', chats, '--tokenizer', model, '--row', '1'],
    `lossline: --row asks for rows that are not there; ${chats} has 1 (0 to 0). Choose one of those.`,
  ],
  [
    ['show', chats, '--tokenizer', model, '--chat-template-kwargs', '{enable_thinking: false}'],
    'lossline: --chat-template-kwargs is "{enable_thinking: false}", which is no JSON. Write {"enable_thinking": false} and the like, in single quotes.',
  ],
  [
    ['show', chats, '--tokenizer', model, '--chat-template-kwargs', '[1]'],
    'lossline: --chat-template-kwargs is "[1]"; expected a JSON object. Write {"enable_thinking": false} and the like.',
  ],
  [
    ['show', chats, '--tokenizer', model, '--role-map', 'bot'],
    'lossline: --role-map is "bot"; expected ROLE=ROLE. Write bot=assistant,person=user.',
  ],
  [
    ['show', chats, '--tokenizer', model, '--now', 'today'],
    'lossline: --now is "today"; expected a date and time. Write it as 2026-01-15T09:30:00.',
  ],
  [
    ['show', chats, '--tokenizer', model, '--mask-sources', 'answer'],
    'lossline: --mask-sources is "answer"; expected content, reasoning or tool_calls',
  ],
  [
    ['render', chats],
    'lossline: --chat-template is needed. Name a file with a chat template, or a model folder that has one with --tokenizer.',
  ],
]

for (const [args, line] of MISTAKES) {
  test(`a mistake in the call exits with 2: ${line.slice(10, 60)}`, async () => {
    const { code, stdout, stderr } = await runCli(args)
    assert.equal(stderr, `${line}\n`)
    assert.equal(stdout, '')
    assert.equal(code, 2)
  })
}

test('says once that a model folder without a template can’t show conversations', async () => {
  const bare = makeModelFolder(false)
  const { code, stdout, stderr } = await runCli(['show', chats, '--tokenizer', bare, '--format', 'messages'])
  const what = `the rows are conversations, and ${bare} has no chat template`
  assert.equal(stderr, `lossline: --chat-template is needed: ${what}. Name a file with one.\n`)
  assert.equal(stdout, '')
  assert.equal(code, 2)
})

test('takes a flag in snake_case as in kebab-case, with = as without', async () => {
  const call = (...flags: string[]): Promise<{ stdout: string }> =>
    runCli(['show', chats, '--tokenizer', model, '--json', ...flags])
  const { stdout } = await call('--train-on-eot', 'none')
  assert.notEqual(stdout, (await call()).stdout)
  assert.equal((await call('--train_on_eot', 'none')).stdout, stdout)
  assert.equal((await call('--train_on_eot=none')).stdout, stdout)
})

test('opens every help with an example that names the command, within 80 columns', async () => {
  for (const args of [
    ['--help'],
    ['help'],
    ['show', '--help'],
    ['help', 'show'],
    ['help', 'render'],
    ['help', 'tokenize'],
  ]) {
    const { code, stdout, stderr } = await runCli(args)
    assert.equal(code, 0)
    assert.equal(stderr, '')
    assert.match(stdout, /^Example: lossline (show|render|tokenize) /)
    const help = stdout.split('\n').filter(line => !line.startsWith('Example:'))
    for (const line of help) assert.ok(line.length <= 80, line)
  }
})

test('lists every strategy in the help of show', async () => {
  const { stdout } = await runCli(['show', '--help'])
  for (const name of [
    'assistant',
    'completion',
    'all',
    'generation-marks',
    'response-template',
    'responses-only',
    'prompt-ids',
    'prompt-diff',
    'dummy-diff',
  ]) {
    assert.match(stdout, new RegExp(`^ {2}${name} +\\S`, 'm'))
  }
})

test('tells its version', async () => {
  const file = fileURLToPath(new URL('../../../package.json', import.meta.url))
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  assert.deepEqual(await runCli(['--version']), { code: 0, signal: null, stdout: `${version}\n`, stderr: '' })
})

test('without a command tells what there is, as a mistake', async () => {
  const { code, stdout, stderr } = await runCli([])
  assert.equal(code, 2)
  assert.equal(stdout, '')
  assert.match(stderr, /Commands:\n {2}demo /)
})

test('--input-format says how a file is read in every command of rows, as it does for prepare', async () => {
  const file = writeRows(folder, 'text.jsonl', [{ text: 'White.', prompt: 'Of snow?', completion: 'Green.' }])
  const run = (command: string, ...flags: readonly string[]): ReturnType<typeof runCli> =>
    runCli([command, file, '--tokenizer', model, ...flags])
  const shown = await run('show', '--json', '--input-format', 'jsonl,text')
  assert.deepEqual([shown.code, shown.stderr], [0, ''])
  assert.match(shown.stdout, /White\./)
  for (const [command, ...flags] of [
    ['show'],
    ['show', '--html', `${folder}/out.html`],
    ['compare', '--with', 'unsloth'],
    ['view'],
    ['snapshot', '-o', `${folder}/out.masks`],
  ] as const) {
    const { code, stderr } = await run(command, ...flags, '--input-format', 'parquet')
    assert.equal(code, 1, command)
    assert.match(stderr, /text\.jsonl is no Parquet|text\.jsonl .*parquet/i, command)
  }
})
