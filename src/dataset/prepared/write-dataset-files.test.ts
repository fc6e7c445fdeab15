import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { LosslineError } from '../../error.ts'
import { writeDatasetFiles } from './write-dataset-files.ts'
import type { ShardFile } from './write-shard.ts'

const parent = mkdtempSync(join(tmpdir(), 'lossline-files-'))
after(() => rmSync(parent, { recursive: true }))
const newFolder = () => mkdtempSync(join(parent, 'out-'))

const SHARDS: readonly ShardFile[] = [
  { file: 'data-00000.arrow', rows: 1200, tokens: 34_000, byteLength: 280_000, sha256: 'ab'.repeat(32) },
  { file: 'data-00001.arrow', rows: 3, tokens: 70, byteLength: 1200, sha256: 'cd'.repeat(32) },
]
const OPTIONS = { shards: SHARDS, columns: ['input_ids', 'labels'], format: 'arrow' } as const

test('writes a card that says what is in the folder and which files are data', async () => {
  const folder = newFolder()
  await writeDatasetFiles(folder, OPTIONS)
  const card = readFileSync(join(folder, 'README.md'), 'utf8')
  assert.match(
    card,
    /^---\nconfigs:\n- config_name: default\n {2}data_files:\n {2}- split: train\n {4}path: data-\*.arrow\n/,
  )
  assert.match(card, /1,203 rows, 34,070 tokens/)
  assert.match(card, /load_from_disk/)
})

test('writes state.json for the one format that load_from_disk opens', async () => {
  const folder = newFolder()
  await writeDatasetFiles(folder, { ...OPTIONS, format: 'parquet' })
  assert.deepEqual(readdirSync(folder), ['README.md'])
})

test('writes the same bytes for the same shards', async () => {
  const folders = [newFolder(), newFolder()] as const
  for (const folder of folders) await writeDatasetFiles(folder, OPTIONS)
  for (const file of ['README.md', 'dataset_info.json', 'state.json']) {
    const [first, second] = folders.map(folder => readFileSync(join(folder, file), 'utf8'))
    assert.equal(second, first)
  }
})

test('leaves no state.json when the disk is full before it', {
  skip: process.platform !== 'linux',
}, async () => {
  const folder = newFolder()
  symlinkSync('/dev/full', join(folder, 'dataset_info.json.tmp'))
  await assert.rejects(
    writeDatasetFiles(folder, OPTIONS),
    (error: unknown) => error instanceof LosslineError && error.code === 'dataset/disk-full',
  )
  assert.deepEqual(readdirSync(folder), ['README.md'])
})
