import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeModelFolder } from './model-folder.ts'
import { makeFolder, runCli, writeRows } from './run-cli.ts'

const folder = makeFolder()
const model = makeModelFolder()
const chat = (...contents: readonly string[]): object => ({
  messages: contents.map((content, m) => ({ role: m % 2 === 0 ? 'user' : 'assistant', content })),
})
writeRows(folder, 'chats.jsonl', [
  chat('Of grass?', 'Green.', 'Of snow?', 'White.', 'Of coal?', 'Black.'),
  chat('Of coal?'),
])
const compare = (...flags: readonly string[]): ReturnType<typeof runCli> =>
  runCli(['compare', 'chats.jsonl', '--tokenizer', model, ...flags], { cwd: folder })

test('compare says in one line what a tool trains, then how it differs and where', async () => {
  const { code, stdout, stderr } = await compare('--with', 'trl-completion-only')
  assert.equal(code, 0, stderr)
  const lines = stdout.split('\n')
  assert.match(
    lines.slice(0, 2).join(' '),
    /^trl-completion-only trains 1 of 3 answers, \d\d\.\d% of the answer tokens, and 1 token/,
  )
  assert.ok(stdout.includes('response_template: "<|im_start|>assistant\\n" (as the template writes it;'))
  assert.ok(stdout.includes('    chats.jsonl:1, message 1: ⟦Green.<|im_end|>⟧\n'))
  assert.ok(stdout.includes('2 rows compared, 1 different.\n1 row without an answer.\n'))
  for (const line of lines) assert.ok(line.length <= 80, line)
})

test('compare --json is one document', async () => {
  const { code, stdout } = await compare('--with', 'unsloth', '--json')
  assert.equal(code, 0)
  const report = JSON.parse(stdout) as Record<string, unknown>
  assert.equal(report['tool'], 'unsloth')
  assert.equal(report['response_template'], '<|im_start|>assistant\n')
  assert.deepEqual([report['answers'], report['answers_trained'], report['kinds']], [3, 3, []])
})

test('what messages hold cannot act on the terminal', async () => {
  const path = writeRows(folder, 'escape.jsonl', [chat('a', '\u001b[31mred')])
  const { stdout } = await runCli(['compare', path, '--tokenizer', model, '--with', 'transformers'])
  assert.ok(!stdout.includes('\u001b'))
  assert.ok(stdout.includes('␛[31mred'))
})

const MISTAKES: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['no tool', [], /^lossline: --with is needed\. Name a tool: trl-completion-only, /m],
  ['an unknown tool', ['--with', 'trl'], /--with is "trl"; expected trl-completion-only, /],
  [
    'a marker that nobody searches for',
    ['--with', 'axolotl', '--response-template', 'a'],
    /--response-template has no effect on --with axolotl\. It goes with --with trl-completion-only or unsloth\./,
  ],
]

for (const [name, flags, expected] of MISTAKES) {
  test(`compare tells a mistake in one line: ${name}`, async () => {
    const { code, stderr } = await compare(...flags)
    assert.equal(code, 2)
    assert.match(stderr, expected)
  })
}
