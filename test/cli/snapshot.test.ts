import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { assertMasks } from '../../src/node.ts'
import { CHATML, makeModelFolder } from './model-folder.ts'
import { makeFolder, runCli, writeRows } from './run-cli.ts'

const model = makeModelFolder()
const folder = makeFolder()
const rows = [
  {
    messages: [
      { role: 'user', content: 'Of grass?' },
      { role: 'assistant', content: 'Green.' },
      { role: 'user', content: 'Of snow?' },
      { role: 'assistant', content: 'White.', weight: 0.5 },
    ],
  },
  { prompt: 'Of coal?', completion: ` ${'Black. '.repeat(40)}\u202e` },
]
const file = writeRows(folder, 'chats.jsonl', rows)
const path = join(folder, 'chats.jsonl.masks')
const snapshot = (...flags: readonly string[]): ReturnType<typeof runCli> =>
  runCli(['snapshot', file, '--tokenizer', model, ...flags])

test('writes what is trained for people to read, and finds it again', async () => {
  const { code, stderr } = await snapshot()
  assert.equal(code, 0, stderr)
  const text = readFileSync(path, 'utf8')
  assert.match(
    text,
    /^# lossline masks 1: what is trained of chats\.jsonl\n\nrow 0: \d+ of \d+ tokens, ids [0-9a-f]{8}\n {2}message 1, tokens \d+–\d+: "Green\.<\|im_end\|>"\n {2}message 3, tokens \d+–\d+, ×0\.5: "White\.<\|im_end\|>"\n\nrow 1: \d+ of \d+ tokens, ids [0-9a-f]{8}\n {2}tokens \d+–\d+: " Black\. .*" … \d+ characters … ".*\\u\{202e\}<\|im_end\|>"\n$/,
  )
  const verified = await snapshot('--verify')
  assert.deepEqual(
    [verified.code, verified.stdout],
    [0, `${path}: 2 of 2 examples are trained as it says.\n`],
  )
})

test('a template that moves a mask is told as a difference, with exit 1', async () => {
  await snapshot('--overwrite')
  const template = join(folder, 'other.jinja')
  writeFileSync(template, CHATML.replace("+ '<|im_end|>' + '\\n' }}{% endfor", "+ '\\n' }}{% endfor"))
  const { code, stdout } = await snapshot('--verify', '--chat-template', template)
  assert.equal(code, 1)
  assert.match(stdout, /^row 0: \d+ of \d+ tokens trained before, \d+ of \d+ tokens now\n/)
  assert.match(
    stdout,
    /^ {2}message 1, tokens \d+–\d+ → \d+–\d+: no longer trained at its end: "<\|im_end\|>"$/m,
  )
  assert.ok(stdout.endsWith('1 of 2 examples is trained otherwise.\n'), stdout)
})

const CHANGES: readonly (readonly [what: string, flags: () => readonly string[], told: RegExp])[] = [
  [
    'a system prompt of the template',
    () => ['--chat-template', writeTemplate(`<|im_start|>system\\nBe brief.<|im_end|>\\n${CHATML}`)],
    /^ {2}message 1, tokens \d+–\d+ → \d+–\d+: the same text, "Green\.<\|im_end\|>"$/m,
  ],
  [
    'one word of the template, as long as before',
    () => [
      '--chat-template',
      writeTemplate(CHATML.replace("m['role']", "(m['role'] | replace('user', 'system'))")),
    ],
    /^row 0: \d+ of \d+ tokens as before, of other ids: text or tokenizer are not the same$/m,
  ],
  ['an option', () => ['--roles', 'user,assistant'], /^\+ message 0, tokens \d+–\d+: "Of grass\?/m],
  ['another option', () => ['--turns', 'last'], /^- message 1, tokens \d+–\d+: "Green\.<\|im_end\|>"$/m],
]

function writeTemplate(source: string): string {
  const path = join(folder, 'changed.jinja')
  writeFileSync(path, source)
  return path
}

for (const [what, flags, told] of CHANGES) {
  test(`${what} moves a snapshot, which is told`, async () => {
    await snapshot('--overwrite')
    const { code, stdout } = await snapshot('--verify', ...flags())
    assert.equal(code, 1)
    assert.match(stdout, told)
  })
}

test('another tokenizer moves a snapshot', async () => {
  await snapshot('--overwrite')
  const json = JSON.parse(readFileSync(join(model, 'tokenizer.json'), 'utf8')) as {
    model: { vocab: Record<string, number> }
  }
  const { vocab } = json.model
  ;[vocab['.'], vocab['?']] = [vocab['?']!, vocab['.']!]
  const other = makeModelFolder()
  writeFileSync(join(other, 'tokenizer.json'), JSON.stringify(json))
  const { code, stdout } = await runCli(['snapshot', file, '--tokenizer', other, '-o', path, '--verify'])
  assert.equal(code, 1)
  assert.match(stdout, /^row 0: \d+ of \d+ tokens as before, of other ids/m)
})

test('a row that is no more is a difference, and so is a text that is no snapshot', async () => {
  await snapshot('--overwrite')
  const shorter = writeRows(folder, 'shorter.jsonl', rows.slice(0, 1))
  const { code, stdout } = await runCli(['snapshot', shorter, '--tokenizer', model, '-o', path, '--verify'])
  assert.equal(code, 1)
  assert.match(stdout, /^row 1: is there no more\n- tokens /)
  assert.ok(stdout.endsWith('0 of 2 examples are trained otherwise, 1 is there no more.\n'), stdout)
  writeFileSync(path, 'hello')
  const broken = await snapshot('--verify')
  assert.equal(broken.code, 1)
  assert.match(broken.stderr, /chats\.jsonl\.masks doesn't begin with "# lossline masks 1"/)
})

test('assertMasks writes a snapshot, passes on it, and throws with the difference', async () => {
  const own = join(folder, 'own.masks')
  // The variable of whoever runs these tests.
  const { CI } = process.env
  delete process.env['CI']
  try {
    await assertMasks(file, { model, snapshot: own })
    assert.ok(existsSync(own))
    await assertMasks(file, { model, snapshot: own })
    await assert.rejects(
      assertMasks(file, { model, snapshot: own, mask: { trainOnEot: 'none' } }),
      /\n {2}message 1, .* → .*: no longer trained at its end: "<\|im_end\|>"\n/,
    )
    process.env['CI'] = '1'
    await assert.rejects(assertMasks(file, { model, snapshot: join(folder, 'none.masks') }), {
      code: 'snapshot/missing',
    })
  } finally {
    if (CI === undefined) delete process.env['CI']
    else process.env['CI'] = CI
  }
})

test('does not write over a snapshot unless told to', async () => {
  await snapshot('--overwrite')
  const before = readFileSync(path, 'utf8')
  const refused = await snapshot('--train-on-eot', 'none')
  assert.equal(refused.code, 1)
  assert.match(
    refused.stderr,
    /chats\.jsonl\.masks is there already\. --verify compares with it, --overwrite writes it anew/,
  )
  assert.equal(readFileSync(path, 'utf8'), before)
  assert.equal((await snapshot('--train-on-eot', 'none', '--overwrite')).code, 0)
  assert.notEqual(readFileSync(path, 'utf8'), before)
  assert.equal((await snapshot('--verify', '--overwrite')).code, 2)
})

test('does not write over the rows that it reads', async () => {
  const before = readFileSync(file)
  const { code, stderr } = await snapshot('-o', file)
  assert.equal(code, 2)
  assert.match(stderr, /chats\.jsonl is the file that is read/)
  assert.deepEqual(readFileSync(file), before)
})
