import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CHATML, makeModelFolder } from './model-folder.ts'
import { MAIN, makeFolder, runCli, writeRows } from './run-cli.ts'

const folder = makeFolder()
const model = makeModelFolder()
const chat = (...contents: readonly string[]): { messages: object[] } => ({
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
  // The command is not wrapped, so that it can be copied.
  for (const line of lines.filter(line => !line.startsWith('lossline '))) assert.ok(line.length <= 80, line)
})

test('compare ends with a command that shows the masks as it stands, where there is one', async () => {
  writeRows(folder, 'pairs.jsonl', [
    { prompt: chat('Of grass?').messages, completion: [{ role: 'assistant', content: 'Green.' }] },
  ])
  writeRows(folder, 'texts.jsonl', [{ prompt: 'Of grass?', completion: ' Green.' }])
  writeRows(folder, 'mixed.jsonl', [
    chat('Of snow?', 'White.'),
    { prompt: 'Of grass?', completion: ' Green.' },
  ])
  writeRows(folder, 'plain.jsonl', [{ text: 'Grass is green.' }])
  writeRows(folder, 'none.jsonl', [chat('Of coal?')])
  writeRows(folder, "it's renamed.jsonl", [{ dialog: chat('Of coal?', 'Black.').messages }])
  const markers =
    "--response-template '<|im_start|>assistant\\n' --instruction-template '<|im_start|>user\\n'"
  const cases: readonly (readonly [
    file: string,
    tool: string,
    end: string | undefined,
    ...flags: string[],
  ])[] = [
    ['chats.jsonl', 'unsloth', `responses-only,assistant ${markers}`],
    ['texts.jsonl', 'unsloth', `responses-only,completion ${markers}`],
    ['chats.jsonl', 'axolotl', 'dummy-diff,assistant'],
    ['chats.jsonl', 'transformers', 'generation-marks,assistant'],
    ['pairs.jsonl', 'axolotl', 'dummy-diff,assistant'],
    ['pairs.jsonl', 'llamafactory', 'prompt-diff,assistant'],
    ['texts.jsonl', 'trl-prompt-completion', 'prompt-ids,completion'],
    ["it's renamed.jsonl", 'axolotl', 'dummy-diff,assistant', '--column-map', 'dialog=messages'],
    // A conversation has no prompt that this strategy could tell from the rest, and a text no messages.
    ['chats.jsonl', 'llamafactory', undefined],
    ['texts.jsonl', 'axolotl', undefined],
    ['mixed.jsonl', 'unsloth', undefined],
    ['plain.jsonl', 'unsloth', undefined],
    ['none.jsonl', 'unsloth', undefined],
  ]
  for (const [file, tool, end, ...flags] of cases) {
    const args = ['compare', file, '--tokenizer', model, '--with', tool, ...flags]
    const { stdout, stderr } = await runCli(args, { cwd: folder })
    const [command, ...others] = stdout.split('\n').filter(line => line.startsWith('lossline '))
    assert.deepEqual(others, [])
    assert.equal(command?.split(' --compare ')[1], end, `${file} ${tool}: ${stderr}`)
    if (command === undefined) continue
    const shown = runShell(command)
    assert.equal(shown.status, 0, `${command}\n${shown.stderr}`)
    assert.match(shown.stdout, /^\d+ tokens differ between /m)
  }
})

/** Runs a printed line as a shell does. */
function runShell(line: string): { status: number | null; stdout: string; stderr: string } {
  const script = `lossline() { '${process.execPath}' '${MAIN}' "$@"; }\n${line}\n`
  return spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' })
}
test('compare takes the markers that it tells of', async () => {
  for (const [tool, marker] of [
    ['trl-completion-only', '<|im_start|>assistant\\n'],
    ['unsloth', '<|im_start|>assistant\\n'],
  ] as const) {
    const { code, stdout, stderr } = await runCli(
      ['compare', 'chats.jsonl', '--tokenizer', model, '--with', tool, '--response-template', marker],
      { cwd: folder },
    )
    assert.ok(code !== 2, stderr)
    assert.ok(stdout.includes(`response_template: "${marker}"`), stdout)
  }
})

test('compare --json is one document', async () => {
  const { code, stdout } = await compare('--with', 'unsloth', '--json')
  assert.equal(code, 0)
  const report = JSON.parse(stdout) as Record<string, unknown>
  assert.equal(report['tool'], 'unsloth')
  assert.equal(report['response_template'], '<|im_start|>assistant\n')
  assert.deepEqual([report['answers'], report['answers_trained'], report['kinds']], [3, 3, []])
})

test('a row that the tool stops at is told, and is in no number; the others are compared', async () => {
  const path = join(folder, 'opened.jinja')
  // The prompt opens what an answer has in mind only where it is long.
  writeFileSync(
    path,
    CHATML.replace(
      "assistant\\n' }}{% endif",
      "assistant\\n' }}{{ '<' if messages[0].content == 'b' }}{% endif",
    ),
  )
  const rows = writeRows(folder, 'some.jsonl', [chat('a', 'A'), chat('b', 'B'), chat('c', 'C')])
  const flags = ['--tokenizer', model, '--chat-template', path, '--with', 'llamafactory']
  const { code, stdout, stderr } = await runCli(['compare', rows, ...flags])
  assert.equal(code, 0, stderr)
  const text = stdout.replaceAll(/\s+/g, ' ')
  assert.match(text, /^llamafactory trains 2 of 2 answers, 100% of the answer tokens/)
  assert.match(
    text,
    /It stops at 1 row, which no number here has; first at \S+some\.jsonl:2: The example starts with/,
  )
  assert.match(text, /2 rows compared, 2 different\. 1 row that the tool stops at\./)
  const json = JSON.parse((await runCli(['compare', rows, ...flags, '--json'])).stdout) as Record<
    string,
    unknown
  >
  assert.deepEqual([json['rows'], json['refused_rows'], json['answers']], [3, 1, 2])
})

test('the numbers are the same with any number of threads, and of some rows those of a file with these', async () => {
  const many = Array.from({ length: 6000 }, (_, r) =>
    r === 4000 ? '{' : chat(`Of ${r}?`, `${r}`.repeat(r % 30), 'And then?', `So ${'it goes '.repeat(r % 9)}`),
  )
  const path = join(folder, 'many.jsonl')
  writeFileSync(path, many.map(row => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'))
  const run = (file: string, ...flags: readonly string[]): ReturnType<typeof runCli> =>
    runCli(['compare', file, '--with', 'trl-completion-only', '--tokenizer', model, '--json', ...flags])
  const [one, three] = [await run(path, '--workers', '1'), await run(path, '--workers', '3')]
  assert.equal(one.code, 1)
  assert.match(one.stderr, /many\.jsonl:4001 /)
  assert.equal(three.stdout, one.stdout)
  const some = await run(path, '--rows', '3990:4010')
  const same = await run(
    writeRows(
      folder,
      'few.jsonl',
      many.slice(3990, 4010).filter(row => typeof row !== 'string'),
    ),
  )
  const counts = ({ stdout }: { stdout: string }): unknown[] => {
    const {
      rows,
      answers,
      tokens,
      answer_tokens_trained: trained,
    } = JSON.parse(stdout) as Record<string, unknown>
    return [rows, answers, tokens, trained]
  }
  assert.deepEqual(counts(some), counts(same))
  const none = await run(path, '--rows', '7000:7010')
  assert.equal(none.code, 2)
  assert.match(none.stderr, /asks for rows that are not there; .* has 6000/)
})

test('what messages hold cannot act on the terminal', async () => {
  const path = writeRows(folder, 'escape.jsonl', [chat('a', '\u001b[31mred')])
  const { stdout } = await runCli(['compare', path, '--tokenizer', model, '--with', 'transformers'])
  assert.ok(!stdout.includes('\u001b'))
  assert.ok(stdout.includes('␛[31mred'))
})

test('a template that loops or refuses is what is told, and not that it shows no marker', async () => {
  for (const [source, expected] of [
    [
      '{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}',
      /^lossline: \S+:1:\d+ .*steps\. Mend the template there, or raise the limits\./,
    ],
    ["{{ raise_exception('no such thing') }}", /raise_exception: "no such thing"/],
  ] as const) {
    const path = join(folder, 'refusing.jinja')
    writeFileSync(path, source)
    const { code, stderr } = await compare('--with', 'unsloth', '--chat-template', path)
    assert.equal(code, 1)
    assert.match(stderr, expected)
  }
})

const MISTAKES: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['no tool', [], /^lossline: --with is needed\. Name a tool: trl-completion-only, /m],
  [
    'a tool’s beginning',
    ['--with', 'trl'],
    /--with is "trl"; expected .* Did you mean trl-completion-only, trl-assistant-only or trl-prompt-completion\?/,
  ],
  ['a misspelt tool', ['--with', 'unslot'], /Did you mean unsloth\?/],
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
