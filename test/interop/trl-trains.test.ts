/** TRL's SFTTrainer trains on what `lossline prepare` has written, as it lies: what is in its first batch is what is in the folder. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { concatRows, readTokenRows, type TokenRows } from '../../src/dataset/index.ts'
import { toListColumns } from '../dataset/token-rows.ts'
import { findPython, findShared, runPython, whyNoPython } from './python.ts'

const parent = mkdtempSync(join(tmpdir(), 'lossline-trl-'))
after(() => rmSync(parent, { recursive: true }))

interface Trained {
  readonly columns: readonly string[]
  /** Whether the trainer's data set is the folder's, not one that was made of it. */
  readonly isOurs: boolean
  readonly batch: Readonly<Record<string, readonly (readonly number[])[]>>
  readonly loss: number
  readonly steps: number
}

const python = findPython('trl-1.16')
const tokenizer = findShared('tokenizers/smollm2')
const chats = findShared('data/identity.json')
const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const missing = python === undefined ? whyNoPython('trl-1.16') : '../shared is not here'
const options = { skip: (python === undefined || tokenizer === undefined) && missing }

const BATCH_SIZE = 3

/** What `lossline prepare` wrote, and what TRL made of it with the options that the folder's README.md names. */
let rows: TokenRows
let onRows: Trained
let packs: TokenRows
let onPacks: Trained
before(async () => {
  if (python === undefined || tokenizer === undefined || chats === undefined) return
  const folders = [prepare('rows', []), prepare('packs', ['--packing', 'bfd'])] as const
  rows = await readAll(folders[0])
  packs = await readAll(folders[1])
  const requests = folders.map(folder => ({ folder, tokenizer, batch_size: BATCH_SIZE }))
  const answers = runPython(python, 'test/interop/trl_sft.py', requests) as [Trained, Trained]
  onRows = answers[0]
  onPacks = answers[1]
})

/** Runs the command line; the path of the folder that it writes. */
function prepare(name: string, flags: readonly string[]): string {
  const folder = join(parent, name)
  const args = ['prepare', chats!, '-o', folder, '--tokenizer', tokenizer!, '--max-length', '200', ...flags]
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return folder
}

async function readAll(folder: string): Promise<TokenRows> {
  const batches: TokenRows[] = []
  for await (const batch of readTokenRows(folder)) batches.push(batch)
  return concatRows(batches)
}

test('pads our ids and labels, and takes a step', options, () => {
  assertTrains(onRows)
  const { input_ids: ids, labels, attention_mask: mask } = onRows.batch
  const unpadded = ids!.map((_, b) => {
    const length = mask![b]!.reduce((sum, bit) => sum + bit, 0)
    assert.deepEqual(labels![b]!.slice(length), Array(mask![b]!.length - length).fill(-100))
    return { ids: ids![b]!.slice(0, length), labels: labels![b]!.slice(0, length) }
  })
  assertRowsOf(unpadded, [rows])
})

test('lays packs end to end, with positions that restart with each of our sequences', options, () => {
  assertTrains(onPacks)
  const [ids] = onPacks.batch['input_ids']!
  const [labels] = onPacks.batch['labels']!
  const [positions] = onPacks.batch['position_ids']!
  assertPacksOf({ ids: ids!, labels: labels!, positions: positions! }, packs)
})

function assertTrains(trained: Trained): void {
  assert.ok(trained.isOurs, `TRL made another data set, of ${trained.columns}`)
  assert.equal(trained.steps, 1)
  // A model drawn at random is about as good as guessing among 49,152 tokens: ln 49152 = 10.8.
  assert.ok(Math.abs(trained.loss - 10.8) < 0.3, `the loss is ${trained.loss}`)
}

/** Each of the batch's rows is one of ours, and no two the same. */
function assertRowsOf(
  batch: readonly { ids: readonly number[]; labels: readonly number[] }[],
  shards: readonly TokenRows[],
): void {
  const { input_ids: ids, labels } = toListColumns(shards)
  const ours = ids!.map((row, r) => JSON.stringify({ ids: row, labels: labels![r] }))
  const found = batch.map(row => ours.indexOf(JSON.stringify(row)))
  assert.ok(!found.includes(-1), `some of the batch's rows are none of ours: ${found}`)
  assert.equal(new Set(found).size, BATCH_SIZE)
}

/** The one row of a padding-free batch is three of our packs; the first label of a sequence, which nothing predicts, is not trained. */
function assertPacksOf(
  batch: { ids: readonly number[]; labels: readonly number[]; positions: readonly number[] },
  rows: TokenRows,
): void {
  const { input_ids, labels, seq_lengths } = toListColumns([rows])
  const positions = seq_lengths!.map(lengths => lengths.flatMap(length => [...Array(length).keys()]))
  const packs = input_ids!.map((ids, r) => ({
    ids,
    labels: labels![r]!.map((label, t) => (positions[r]![t] === 0 ? -100 : label)),
    positions: positions[r]!,
  }))
  const found: number[] = []
  for (let at = 0; at < batch.ids.length; ) {
    const r = packs.findIndex(pack => isAt(pack.ids, batch.ids, at))
    assert.notEqual(r, -1, `no pack of ours begins at token ${at} of the batch`)
    const end = at + packs[r]!.ids.length
    assert.deepEqual(batch.labels.slice(at, end), packs[r]!.labels)
    assert.deepEqual(batch.positions.slice(at, end), packs[r]!.positions)
    found.push(r)
    at = end
  }
  assert.equal(new Set(found).size, BATCH_SIZE)
}

function isAt(part: readonly number[], whole: readonly number[], at: number): boolean {
  return part.every((id, t) => id === whole[at + t])
}
