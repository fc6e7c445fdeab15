import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExampleJson } from '../../src/inspect/index.ts'
import { makeModelFolder } from './model-folder.ts'
import { makeFolder, runCli, startCli, writeRows } from './run-cli.ts'

const folder = makeFolder()
const model = makeModelFolder()
const chat = (...contents: readonly string[]): object => ({
  messages: contents.map((content, m) => ({ role: m % 2 === 0 ? 'user' : 'assistant', content })),
})
const file = writeRows(folder, 'chats.jsonl', [
  chat('Of grass?', 'Green.', 'Of snow?', 'White.'),
  chat('Of coal?', 'Black.'),
  chat('雪?', 'White 😀.'),
  chat('a', 'b'),
  chat('c', 'd'),
])

async function showJson(...flags: readonly string[]): Promise<ExampleJson[]> {
  const { code, stdout, stderr } = await runCli(['show', file, '--tokenizer', model, '--json', ...flags])
  assert.equal(code, 0, stderr)
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as ExampleJson)
}

/** The text of the trained tokens, runs of them apart. */
function trainedText({ text, labels, offsets }: ExampleJson): string {
  return offsets
    .map(([start, end], t) => (labels[t] === -100 ? '|' : text.slice(start, end)))
    .join('')
    .replace(/\|+/g, '|')
}

test('--json has a line for each row, whose arrays are of one length and agree', async () => {
  const examples = await showJson()
  assert.deepEqual(
    examples.map(({ row }) => row),
    [0, 1, 2, 3, 4],
  )
  for (const example of examples) {
    const { input_ids, labels, weights, offsets, messages, sources, reasons } = example
    for (const array of [labels, weights, offsets, messages, sources, reasons])
      assert.equal(array.length, input_ids.length)
    for (const [t, label] of labels.entries()) assert.equal(label, weights[t] === 0 ? -100 : input_ids[t])
    assert.equal('turn' in example, false)
    assert.deepEqual(example.warnings, [])
  }
  assert.equal(trainedText(examples[0]!), '|Green.<|im_end|>|White.<|im_end|>|')
})

test('--row and --rows choose rows, from 0, the end not included', async () => {
  const rows = async (...flags: string[]): Promise<number[]> =>
    (await showJson(...flags)).map(({ row }) => row)
  assert.deepEqual(await rows('--row', '3'), [3])
  assert.deepEqual(await rows('--rows', '1:3'), [1, 2])
  assert.deepEqual(await rows('--rows', '3:'), [3, 4])
  assert.deepEqual(await rows('--rows', ':2'), [0, 1])
  assert.deepEqual(await rows('--rows', '4:99'), [4])
})

test('each option of the mask reaches it', async () => {
  const first = async (...flags: string[]): Promise<string> =>
    trainedText((await showJson('--row', '0', ...flags))[0]!)
  assert.equal(await first('--turns', 'last'), '|White.<|im_end|>|')
  assert.equal(await first('--train-on-eot', 'none'), '|Green.|White.|')
  assert.equal(await first('--train-on-eot', 'last'), '|Green.|White.<|im_end|>|')
  assert.equal(await first('--roles', 'user'), '|Of grass?<|im_end|>|Of snow?<|im_end|>|')
  assert.equal(await first('--mask-sources', 'content'), '|<|im_end|>|<|im_end|>|')
  assert.match(await first('--mask', 'all'), /^[^|]*<\|im_start\|>user/)
  const marker = '<|im_start|>assistant\\n'
  assert.equal(
    await first('--mask', 'response-template', '--response-template', marker),
    '|White.<|im_end|>\n',
  )
  assert.equal(
    await first(
      '--mask',
      'response-template',
      '--response-template',
      marker,
      '--instruction-template',
      '<|im_start|>user\\n',
    ),
    '|Green.<|im_end|>\n|White.<|im_end|>\n',
  )
})

test('takes a marker as ids, and then to the letter', async () => {
  const [plain] = await showJson('--row', '0')
  const start = plain!.text.indexOf('<|im_start|>assistant\n')
  const end = start + '<|im_start|>assistant\n'.length
  const ids = plain!.input_ids.filter(
    (_, t) => plain!.offsets[t]![0] >= start && plain!.offsets[t]![1] <= end,
  )
  const [byIds] = await showJson(
    '--row',
    '0',
    '--mask',
    'response-template',
    '--response-template',
    JSON.stringify(ids),
  )
  assert.equal(trainedText(byIds!), '|White.<|im_end|>\n')
})

test('--unroll always has an example for each answer, with its turn', async () => {
  const examples = await showJson('--row', '0', '--unroll', 'always')
  assert.deepEqual(
    examples.map(({ row, turn }) => ({ row, turn })),
    [
      { row: 0, turn: 1 },
      { row: 0, turn: 3 },
    ],
  )
  assert.deepEqual(examples.map(trainedText), ['|Green.<|im_end|>|', '|White.<|im_end|>|'])
})

test('--compare --json has both masks of each row and where they differ', async () => {
  const marker = '<|im_start|>assistant\\n'
  const { stdout } = await runCli([
    'show',
    file,
    '--tokenizer',
    model,
    '--json',
    '--compare',
    'response-template,assistant',
    '--response-template',
    marker,
  ])
  const [line = '', ...more] = stdout.trimEnd().split('\n')
  assert.equal(more.length, 4)
  const compared = JSON.parse(line) as {
    row: number
    different: number[]
    strategies: { strategy: string; trained: number; weights: number[] }[]
  }
  const [first, second] = compared.strategies
  assert.deepEqual([first!.strategy, second!.strategy], ['response-template', 'assistant'])
  const differ = first!.weights.flatMap((weight, t) => (weight === second!.weights[t] ? [] : [t]))
  assert.deepEqual(compared.different, differ)
  assert.ok(differ.length > 0)
})

test('shows the first rows and says how many there are and how to see others', async () => {
  const { code, stdout, stderr } = await runCli(['show', file, '--tokenizer', model])
  assert.equal(code, 0)
  assert.deepEqual(stdout.match(/^row \d+/gm), ['row 0', 'row 1', 'row 2'])
  assert.equal(
    stderr,
    `lossline: ${file} holds rows of format messages (--input-format names another).\n` +
      'lossline: the first 3 of 5 rows; --row N or --rows A:B shows others, --json all.\n',
  )
})

test('has no colours in a pipe, none with NO_COLOR, and the same words with FORCE_COLOR', async () => {
  const show = (env: Record<string, string>): Promise<{ stdout: string }> =>
    runCli(['show', file, '--tokenizer', model], { env })
  const plain = (await show({})).stdout
  assert.doesNotMatch(plain, /\x1b/)
  const forced = (await show({ FORCE_COLOR: '1' })).stdout
  assert.match(forced, /\x1b\[/)
  assert.equal(forced.replace(/\x1b\[[\d;]*m/g, ''), plain)
  assert.equal((await show({ FORCE_COLOR: '1', NO_COLOR: '1' })).stdout, plain)
  assert.equal((await show({ FORCE_COLOR: '0' })).stdout, plain)
})

test('ends quietly when its reader closes the pipe', async () => {
  const many = writeRows(
    folder,
    'many.jsonl',
    Array.from({ length: 3000 }, () => chat('Of grass?', 'Green.')),
  )
  const { code, stderr } = await runCli(
    ['show', many, '--tokenizer', model, '--json', '--format', 'messages'],
    {
      closesEarly: true,
    },
  )
  assert.equal(stderr, '')
  assert.equal(code, 0)
})

test('reads standard input', async () => {
  const { code, stdout, stderr } = await runCli(['show', '-', '--tokenizer', model, '--json'], {
    stdin: `${JSON.stringify(chat('a', 'b'))}\n`,
  })
  assert.equal(code, 0)
  assert.equal(stderr, 'lossline: stdin holds rows of format messages (--input-format names another).\n')
  assert.equal((JSON.parse(stdout) as ExampleJson).row, 0)
})

test('--role-map takes further roles', async () => {
  const bots = writeRows(folder, 'bots.jsonl', [
    {
      messages: [
        { role: 'person', content: 'a' },
        { role: 'bot', content: 'b' },
      ],
    },
  ])
  const { code, stdout } = await runCli([
    'show',
    bots,
    '--tokenizer',
    model,
    '--json',
    '--role-map',
    'bot=assistant,person=user',
  ])
  assert.equal(code, 0)
  assert.equal(trainedText(JSON.parse(stdout) as ExampleJson), '|b<|im_end|>|')
})

test('tells what is unrolled, and compares it in one rendering', async () => {
  const dropping = makeModelFolder(
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% if m.thinking and loop.last %}{{ '<think>' + m.thinking + '</think>' }}{% endif %}{{ m.content + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
  )
  const question = { role: 'user', content: 'a' }
  const answer = { role: 'assistant', content: 'b', thinking: 'c' }
  const thoughts = writeRows(folder, 'thoughts.jsonl', [{ messages: [question, answer, question, answer] }])
  const call = ['show', thoughts, '--tokenizer', dropping, '--json', '--format', 'messages']
  const shown = await runCli(call)
  assert.deepEqual(
    shown.stdout
      .trimEnd()
      .split('\n')
      .map(line => (JSON.parse(line) as ExampleJson).turn),
    [1, 3],
  )
  assert.equal(
    shown.stderr,
    'lossline: 1 conversation is unrolled into 2 examples: the template writes earlier turns differently once later ones exist (--unroll never keeps them whole).\n',
  )
  const compared = await runCli([...call, '--compare', 'all,assistant'])
  assert.equal(compared.stdout.trimEnd().split('\n').length, 1)
  assert.equal(
    compared.stderr,
    'lossline: 1 conversation is compared in one rendering, though one of the strategies would unroll.\n',
  )
})

test('ends with 130 when it is interrupted', async () => {
  const { child, result } = startCli(['show', '-', '--tokenizer', model, '--json'])
  child.stdin.write(`${JSON.stringify(chat('a', 'b'))}\n`)
  child.stdout.once('data', () => child.kill('SIGINT'))
  assert.equal((await result).code, 130)
})
