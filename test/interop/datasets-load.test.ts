/** Prepared folders are what the library `datasets` reads, to the value and the type. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { SHARD_FORMATS, type TokenRows } from '../../src/dataset/index.ts'
import { writePreparedFolder } from '../dataset/prepared-folder.ts'
import { makeTokenRows, type TokenRowsShape, toListColumns } from '../dataset/token-rows.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

const parent = mkdtempSync(join(tmpdir(), 'lossline-datasets-'))
after(() => rmSync(parent, { recursive: true }))

interface Loaded {
  readonly columns: Readonly<Record<string, readonly (readonly number[])[]>>
  readonly features: Readonly<Record<string, string>>
  /** Those of the folder that the rows are read from. */
  readonly files: readonly string[]
  readonly isMapped: boolean
  readonly fingerprint: string
  readonly batches: readonly number[]
  readonly splitRows: number
}

const python = findPython('trl-1.16')
const options = { skip: python === undefined && whyNoPython('trl-1.16') }

/** Asks datasets to load each of the folders by its call. */
function load(requests: readonly { call: string; folder: string; files?: string }[]): unknown[] {
  return runPython(python!, 'test/interop/datasets_load.py', requests)
}

/** Shards of several batches, of one row without tokens, of a few rows. */
function makeShards(columns: Omit<TokenRowsShape, 'lengths' | 'seed'>): TokenRows[] {
  const lengths = [Array.from({ length: 2300 }, (_, r) => (r * 7) % 23), [0], [5, 1, 8]]
  return lengths.map((lengths, seed) => makeTokenRows({ lengths, seed, ...columns }))
}

const PLAIN = makeShards({ isPacked: false, hasPositions: false, hasWeights: false })
const FULL = makeShards({ isPacked: true, hasPositions: true, hasWeights: true, hasMask: true })

for (const { name, builder, extension, hasState } of SHARD_FORMATS) {
  const files = `data-*${extension}`
  test(`${name}: datasets reads our values as lists of int32 and float32`, options, async () => {
    const folders = [
      await writePreparedFolder(parent, PLAIN, name),
      await writePreparedFolder(parent, FULL, name),
    ]
    const call = hasState ? 'load_from_disk' : 'load_dataset'
    const loaded = load(folders.map(folder => ({ call, folder })))
    for (const [i, shards] of [PLAIN, FULL].entries()) assertLoaded(loaded[i], shards)
  })

  if (name === 'jsonl') continue
  test(`${name}: datasets finds the types in the files themselves`, options, async () => {
    const folder = await writePreparedFolder(parent, FULL, name)
    const [loaded] = load([{ call: builder, folder, files }])
    assertLoaded(loaded, FULL)
  })
}

test('arrow: load_from_disk maps the files, in batches of a bounded size', options, async () => {
  const folder = await writePreparedFolder(parent, PLAIN, 'arrow')
  const [loaded] = load([{ call: 'load_from_disk', folder }]) as [Loaded]
  assert.ok(loaded.isMapped)
  assert.deepEqual(
    loaded.files,
    [0, 1, 2].map(s => join(folder, `data-0000${s}.arrow`)),
  )
  assert.deepEqual(loaded.batches, [1000, 1000, 300, 1, 3])
})

test('arrow: load_dataset refuses the folder by its name and says what to call', options, async () => {
  const folder = await writePreparedFolder(parent, PLAIN, 'arrow')
  const [answer] = load([{ call: 'load_dataset', folder }]) as [{ error: string }]
  assert.match(answer.error, /saved using `save_to_disk`. Please use `load_from_disk` instead/)
})

test('arrow: the fingerprint is another exactly when the rows are', options, async () => {
  const other = [...PLAIN.slice(0, -1), makeTokenRows({ ...SHAPE, seed: 99 })]
  const folders = [PLAIN, PLAIN, other].map(shards => writePreparedFolder(parent, shards, 'arrow'))
  const requests = (await Promise.all(folders)).map(folder => ({ call: 'load_from_disk', folder }))
  const [first, again, others] = (load(requests) as Loaded[]).map(({ fingerprint }) => fingerprint)
  assert.match(first!, /^[\da-f]{16}$/)
  assert.equal(again, first)
  assert.notEqual(others, first)
})

const SHAPE = { lengths: [5, 1, 8], isPacked: false, hasPositions: false, hasWeights: false }

// Of Parquet and JSON without rows datasets makes nothing, whoever wrote them.
test('arrow: a folder without any row is a dataset too', options, async () => {
  const shard = makeTokenRows({ ...SHAPE, lengths: [], seed: 1 })
  const folder = await writePreparedFolder(parent, [shard], 'arrow')
  const [loaded] = load([{ call: 'load_from_disk', folder }]) as [Loaded]
  assert.deepEqual(loaded.columns, { input_ids: [], labels: [] })
})

const ITEM_TYPES: Readonly<Record<string, string>> = { attention_mask: 'int8', loss_weights: 'float32' }

function assertLoaded(answer: unknown, shards: readonly TokenRows[]): void {
  const loaded = answer as Loaded
  assert.ok(!('error' in loaded), String((loaded as { error?: string }).error))
  const expected = toListColumns(shards)
  assert.deepEqual(Object.keys(loaded.columns), Object.keys(expected))
  assert.deepEqual(loaded.columns, expected)
  assert.deepEqual(
    loaded.features,
    Object.fromEntries(
      Object.keys(expected).map(name => [name, `List(Value('${ITEM_TYPES[name] ?? 'int32'}'))`]),
    ),
  )
  assert.equal(loaded.splitRows, expected['input_ids']!.length)
}
