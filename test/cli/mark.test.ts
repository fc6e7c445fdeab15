import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CHATML, makeModelFolder } from './model-folder.ts'
import { makeFolder, runCli, writeRows } from './run-cli.ts'

const folder = makeFolder()
const model = makeModelFolder()
const template = join(folder, 'chatml.jinja')
writeFileSync(template, CHATML)

test('mark writes a copy whose marks a tool trains as the model has to write', async () => {
  const out = join(folder, 'marked.jinja')
  const { code, stdout, stderr } = await runCli(['mark', template, '--tokenizer', model, '-o', out])
  assert.deepEqual([code, stdout], [0, ''], stderr)
  assert.match(
    stderr,
    /the marks say what the model has to write in (\d+) of \1 conversations that were tried/,
  )
  assert.doesNotMatch(stderr, /earlier answers/)
  assert.match(readFileSync(out, 'utf8'), /\{%- generation -%\}/)
  const messages = ['Of grass?', 'Green.', 'Of snow?', 'White.'].map((content, m) => ({
    role: m % 2 === 0 ? 'user' : 'assistant',
    content,
  }))
  const rows = writeRows(folder, 'chats.jsonl', [{ messages }])
  const flags = ['--tokenizer', model, '--chat-template', out, '--with', 'trl-assistant-only']
  const compared = await runCli(['compare', rows, ...flags])
  assert.match(compared.stdout, /trains 2 of 2 answers, 100% of the answer tokens\.\n/)
  const before = await runCli(['render', rows, '--chat-template', template, '--row', '0'])
  const after = await runCli(['render', rows, '--chat-template', out, '--row', '0'])
  assert.equal(after.stdout, before.stdout)
})

test('without a file the folder’s own template is marked, to standard output', async () => {
  const { code, stdout } = await runCli(['mark', '--tokenizer', model])
  assert.equal(code, 0)
  assert.match(stdout, /\{%- endgeneration -%\}/)
})

test('what marks can’t say is told, with exit 1: a header that is only sometimes prompted', async () => {
  const path = join(folder, 'sometimes.jinja')
  const header = '<|im_start|>'
  const newline = (condition: string): string => `{{ '\\n' if ${condition} }}`
  const prompt = `${header}${newline('messages | length < 2')}`
  writeFileSync(
    path,
    `{% for m in messages %}${header}${newline("m.role == 'assistant'")}{{ m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}${prompt}{% endif %}`,
  )
  const { code, stderr } = await runCli(['mark', path, '--tokenizer', model, '-o', join(folder, 'out.jinja')])
  assert.equal(code, 1)
  assert.match(stderr, /not said: ⏎ \(part-lost: /)
})

test('that a template leaves the reasoning of earlier answers out is told: no marks can train it', async () => {
  const args = ['mark', 'examples/chat_template.jinja', '--tokenizer', model]
  const { code, stderr } = await runCli([...args, '-o', join(folder, 'reasoning.jinja')])
  assert.equal(code, 0)
  assert.match(stderr, /leaves something out of earlier answers/)
})

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ['marks already', `${CHATML}{% generation %}{% endgeneration %}`, /has \{% generation %\} already/],
  [
    'no loop',
    '{{ messages[-1].content }}',
    /writes no answer in a loop over the messages that can be marked: it reads none, or gathers/,
  ],
  [
    'break',
    '{% for m in messages %}{{ m.content }}</s>{% if m.stop %}{% break %}{% endif %}{% endfor %}',
    /its loop has a break behind something that it has written \(line 1\)/,
  ],
]

for (const [name, source, expected] of REFUSED) {
  test(`mark refuses a template with ${name}`, async () => {
    const path = join(folder, 'refused.jinja')
    writeFileSync(path, source)
    const { code, stdout, stderr } = await runCli(['mark', path, '--tokenizer', model])
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, expected)
  })
}

test('mark does not write over the template that it reads', async () => {
  const { code, stderr } = await runCli(['mark', template, '--tokenizer', model, '-o', template])
  assert.equal(code, 2)
  assert.match(stderr, /chatml\.jinja is the file that is read\. Name another file/)
  assert.equal(readFileSync(template, 'utf8'), CHATML)
})

test('mark writes over another file only with --overwrite, and never over the folder’s own template', async () => {
  const out = join(folder, 'there.jinja')
  writeFileSync(out, 'mine')
  const mark = ['mark', '--tokenizer', model, '-o']
  const refused = await runCli([...mark, out])
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /there\.jinja is there already\. Write it anew with --overwrite, or name/)
  assert.equal(readFileSync(out, 'utf8'), 'mine')
  const forced = await runCli([...mark, out, '--overwrite'])
  assert.equal(forced.code, 0, forced.stderr)
  assert.match(readFileSync(out, 'utf8'), /\{%- generation -%\}/)
  const own = join(model, 'chat_template.jinja')
  const before = readFileSync(own, 'utf8')
  for (const more of [[], ['--overwrite']]) {
    const { code, stderr } = await runCli([...mark, own, ...more])
    assert.equal(code, 2)
    assert.match(stderr, /chat_template\.jinja is the file that is read\./)
  }
  assert.equal(readFileSync(own, 'utf8'), before)
})

test('a template that is not there is told by where it was named, and -o is explained for each command', async () => {
  const told = async (...args: readonly string[]): Promise<string> => (await runCli(args)).stderr
  assert.equal(
    await told('mark', 'none.jinja', '--tokenizer', model),
    'lossline: none.jinja does not exist. Check its name.\n',
  )
  for (const args of [
    ['check', '--model', 'none.jinja'],
    ['check', 'chats.jsonl', '--tokenizer', model, '--model', 'none.jinja'],
  ])
    assert.equal(await told(...args), 'lossline: none.jinja does not exist. Check --model.\n')
  assert.match(
    (await runCli(['mark', '--help'])).stdout,
    /--output <FILE> +the file to write \(default: standard output\)/,
  )
  assert.match(
    (await runCli(['snapshot', '--help'])).stdout,
    /--output <FILE> +the file to write \(default: FILE\.masks\)/,
  )
})
