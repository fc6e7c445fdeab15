import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeModelFolder } from './model-folder.ts'
import { makeFolder, runCli, writeRows } from './run-cli.ts'

const folder = makeFolder()
const model = makeModelFolder()
const texts = ['The grass is green.', '雪 😀\n', '\ud800', '']
const file = writeRows(
  folder,
  'texts.jsonl',
  texts.map(text => ({ text })),
)

test('--json has ids and offsets of each row, whose ranges are the text', async () => {
  const { code, stdout, stderr } = await runCli(['tokenize', file, '--tokenizer', model, '--json'])
  assert.equal(code, 0, stderr)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as { row: number; input_ids: number[]; offsets: [number, number][] })
  assert.deepEqual(
    lines.map(({ row }) => row),
    [0, 1, 2, 3],
  )
  for (const { row, input_ids, offsets } of lines) {
    assert.equal(input_ids.length, offsets.length)
    assert.equal(offsets.at(-1)?.[1] ?? 0, texts[row]!.length)
  }
})

test('draws a token a line, its range before it', async () => {
  const { stdout } = await runCli(['tokenize', file, '--tokenizer', model, '--row', '0'])
  const lines = stdout.trimEnd().split('\n')
  assert.match(lines[0]!, /^row 0 {2}.*texts\.jsonl:1 {2}\d tokens$/)
  assert.match(lines[1]!, /^ +\d+ {3}0 {2}3 {2}The$/)
  assert.match(lines[2]!, /^ +\d+ {3}3 {2}9 {2}·grass$/)
})

test('--no-special-tokens leaves out what the post-processor adds', async () => {
  const path = join(folder, 'tokenizer.json')
  const bos = { SpecialToken: { id: '<s>', type_id: 0 } }
  const sequence = { Sequence: { id: 'A', type_id: 0 } }
  const tokenizer = {
    version: '1.0',
    added_tokens: [
      {
        id: 1,
        content: '<s>',
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      },
    ],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: {
      type: 'TemplateProcessing',
      single: [bos, sequence],
      pair: [bos, sequence, { Sequence: { id: 'B', type_id: 0 } }],
      special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
    },
    decoder: null,
    model: { type: 'BPE', vocab: { a: 0 }, merges: [] },
  }
  writeFileSync(path, JSON.stringify(tokenizer))
  const rows = writeRows(folder, 'a.jsonl', [{ text: 'aa' }])
  const ids = async (...flags: string[]): Promise<unknown> =>
    JSON.parse((await runCli(['tokenize', rows, '--tokenizer', path, '--json', ...flags])).stdout)
  assert.deepEqual(await ids(), {
    row: 0,
    input_ids: [1, 0, 0],
    offsets: [
      [0, 0],
      [0, 1],
      [1, 2],
    ],
  })
  assert.deepEqual(await ids('--no-special-tokens'), {
    row: 0,
    input_ids: [0, 0],
    offsets: [
      [0, 1],
      [1, 2],
    ],
  })
  assert.deepEqual(await ids('--no_special_tokens'), await ids('--no-special-tokens'))
})

test('keeps the tokenizer’s tables, does without them, and makes damaged ones anew', async () => {
  const cache = makeFolder()
  const tokenize = async (...flags: string[]): Promise<string> => {
    const call = ['tokenize', file, '--tokenizer', model, '--json', ...flags]
    const { code, stdout, stderr } = await runCli(call, { env: { LOSSLINE_CACHE: cache } })
    assert.equal(code, 0, stderr)
    return stdout
  }
  const expected = await tokenize('--no-cache')
  assert.deepEqual(readdirSync(cache), [])
  assert.equal(await tokenize(), expected)
  const [kept = '', ...more] = readdirSync(cache)
  assert.deepEqual(more, [])
  assert.equal(await tokenize(), expected)
  writeFileSync(join(cache, kept), 'damaged')
  assert.equal(await tokenize(), expected)
})

test('says of conversations what reads them', async () => {
  const chats = writeRows(folder, 'chats.jsonl', [{ messages: [{ role: 'user', content: 'Hi' }] }])
  const { code, stderr } = await runCli(['tokenize', chats, '--tokenizer', model])
  assert.equal(code, 1)
  assert.match(
    stderr,
    /text is missing; .* This is a conversation: lossline show and lossline render read it\.\n/,
  )
})
