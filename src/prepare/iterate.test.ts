import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { LosslineError } from '../error.ts'
import { preparePacks, prepareRows } from './iterate.ts'

const MODEL = fileURLToPath(new URL('../../../assets/mistral-7b-v0.1/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'lossline-'))
after(() => rmSync(folder, { recursive: true }))

function writeRows(name: string, lines: readonly string[]): string {
  const path = join(folder, name)
  writeFileSync(path, lines.map(line => `${line}\n`).join(''))
  return path
}

async function gather<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

const TEXTS = Array.from({ length: 50 }, (_, i) => JSON.stringify({ text: 'word '.repeat(1 + (i % 7)) }))

test('gives rows in the order of the file, and the same tokens in packs', async () => {
  const options = {
    inputs: [{ path: writeRows('texts.jsonl', TEXTS) }],
    model: MODEL,
    workers: 2,
    maxLength: 16,
  }
  const rows = await gather(prepareRows(options))
  assert.equal(rows.length, 50)
  assert.ok(rows[6]!.inputIds.length > rows[0]!.inputIds.length)
  assert.ok(rows.every(({ inputIds, labels }) => inputIds.length === labels.length))
  const packs = await gather(preparePacks({ ...options, packing: 'bfd' }))
  const count = (all: readonly { inputIds: Int32Array }[]): number =>
    all.reduce((sum, { inputIds }) => sum + inputIds.length, 0)
  assert.equal(count(packs), count(rows))
  for (const { inputIds, seqLengths } of packs) {
    assert.ok(inputIds.length <= 16)
    assert.equal(
      seqLengths!.reduce((sum, length) => sum + length, 0),
      inputIds.length,
    )
  }
})

test('a row that can’t be used ends the iteration, or is told', async () => {
  const inputs = [{ path: writeRows('bad.jsonl', [...TEXTS, '{"txt": 1}', ...TEXTS]) }]
  const options = { inputs, model: MODEL, workers: 1 }
  const isRejected = (error: unknown): boolean =>
    error instanceof LosslineError &&
    error.code === 'prepare/rejected' &&
    error.message.includes('bad.jsonl:51')
  await assert.rejects(gather(prepareRows(options)), isRejected)
  const rejects: number[] = []
  const rows = await gather(prepareRows({ ...options, onReject: ({ row }) => rejects.push(row) }))
  assert.deepEqual([rows.length, rejects], [100, [50]])
})
