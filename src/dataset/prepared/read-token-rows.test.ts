import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { writePreparedFolder } from '../../../test/dataset/prepared-folder.ts'
import { anyTokenRows, makeTokenRows } from '../../../test/dataset/token-rows.ts'
import { describeError, LosslineError } from '../../error.ts'
import { concatRows, countRows, type TokenRows, toLossWeights } from '../token-rows.ts'
import { addLossWeights } from './add-loss-weights.ts'
import { SHARD_FORMATS } from './formats/index.ts'
import { readTokenRows } from './read-token-rows.ts'
import { writeShard } from './write-shard.ts'

const folder = mkdtempSync(join(tmpdir(), 'lossline-read-'))
after(() => rmSync(folder, { recursive: true }))

/** Of several batches, in two shards and more than one row group. */
const SHAPE = { seed: 3, isPacked: true, hasPositions: true, hasWeights: true }
const LARGE = makeTokenRows({ ...SHAPE, lengths: Array.from({ length: 2300 }, (_, r) => (r * 7) % 23) })
const SMALL = makeTokenRows({ ...SHAPE, lengths: [0, 5, 1] })

async function readAll(path: string): Promise<TokenRows[]> {
  const batches: TokenRows[] = []
  for await (const rows of readTokenRows(path)) batches.push(rows)
  return batches
}

for (const { name, extension } of SHARD_FORMATS) {
  test(`${name}: reads what was written, in batches`, async () => {
    const path = await writePreparedFolder(folder, [LARGE, SMALL], name)
    const batches = await readAll(path)
    assert.deepEqual(batches.map(countRows), [1000, 1000, 300, 3])
    assert.deepEqual(concatRows(batches), concatRows([LARGE, SMALL]))
  })

  test(`${name}: reads any rows as they were written`, async () => {
    await fc.assert(
      fc.asyncProperty(anyTokenRows, async rows => {
        const { file } = await writeShard(folder, 0, rows, name)
        const batches = await readAll(join(folder, file))
        if (countRows(rows) === 0) assert.deepEqual(batches, [])
        else assert.deepEqual(concatRows(batches), rows)
      }),
      { numRuns: 50 },
    )
  })

  test(`${name}: adds loss weights as if they had been there from the start`, async () => {
    const before = { ...LARGE, lossWeights: undefined }
    const expected = await writeShard(
      folder,
      1,
      { ...before, lossWeights: toLossWeights(before.labels) },
      name,
    )
    await writeShard(folder, 1, before, name)
    const path = join(folder, expected.file)
    assert.deepEqual(await addLossWeights(path), expected)
    assert.deepEqual(await addLossWeights(path), expected)
    assert.equal(readFileSync(path).length, expected.byteLength)
  })

  test(`${name}: says that a shard is cut, wherever it is`, async () => {
    const { file, byteLength } = await writeShard(folder, 2, LARGE, name)
    const path = join(folder, file)
    const whole = readFileSync(path)
    for (const share of [0.999, 0.9, 0.5, 0.1, 0.001]) {
      writeFileSync(path, whole)
      // In the middle of a line: the end of one is the end of a shard too.
      truncateSync(path, Math.floor(share * byteLength))
      assert.match(
        await failureOf(path),
        /^data-00002\S+ (can't be read as|is damaged|is cut|ends in|has no object)/,
      )
    }
  })

  test(`${name}: says that a file is none of its kind`, async () => {
    const path = join(folder, `data-00003${extension}`)
    writeFileSync(path, 'a text that is no shard of any kind, and long enough to be one')
    assert.match(await failureOf(path), /^data-00003\S+ (is no|is damaged|has no)/)
  })
}

test('says of a folder that there is no prepared data in it', async () => {
  const path = mkdtempSync(join(folder, 'empty-'))
  assert.match(await failureOf(path), /is a folder without prepared data. Name a folder or a shard/)
})

test('says of a folder with shards of two formats that it is not one data set', async () => {
  const path = mkdtempSync(join(folder, 'two-'))
  await writeShard(path, 0, SMALL, 'jsonl')
  await writeShard(path, 1, SMALL, 'parquet')
  assert.match(await failureOf(path), /has shards of several formats \(.jsonl, .parquet\)/)
})

test('says what does not exist, and what is no shard', async () => {
  assert.equal(await failureOf(join(folder, 'no')), 'no does not exist. Check the path.')
  writeFileSync(join(folder, 'notes.txt'), '')
  assert.match(
    await failureOf(join(folder, 'notes.txt')),
    /^notes.txt is no shard; expected a name that ends in/,
  )
})

const WRONG_LINES: readonly (readonly [line: string, message: string])[] = [
  ['{"input_ids":[1]}', 'has no column labels'],
  ['{"input_ids":[1],"labels":[1,2]}', 'has a row whose labels are not as many as its input_ids'],
  ['{"input_ids":[1.5],"labels":[1]}', 'has other than int32 numbers in input_ids of line 1'],
  ['{"input_ids":[3000000000],"labels":[1]}', 'has other than int32 numbers in input_ids of line 1'],
  ['{"input_ids":["1"],"labels":[1]}', 'has other than int32 numbers in input_ids of line 1'],
  ['[1]', 'has no column input_ids'],
  ['null', 'has no object in line 1'],
]
for (const [line, message] of WRONG_LINES) {
  test(`jsonl: says of ${line} that it ${message}`, async () => {
    const path = join(folder, 'data-00004.jsonl')
    writeFileSync(path, `${line}\n`)
    assert.ok((await failureOf(path)).startsWith(`data-00004.jsonl ${message}.`))
  })
}

test('jsonl: does not fill a column that only some rows have', async () => {
  const path = join(folder, 'data-00005.jsonl')
  writeFileSync(path, '{"input_ids":[1],"labels":[1]}\n{"input_ids":[1],"labels":[1],"loss_weights":[0.5]}\n')
  assert.match(await failureOf(path), /has a row whose loss_weights are not as many as its input_ids/)
})

/** The error's line, with the file's name for its path. */
async function failureOf(path: string): Promise<string> {
  const error = await readAll(path).then(
    () => assert.fail('it was read'),
    (error: unknown) => error,
  )
  assert.ok(error instanceof LosslineError, String((error as Error).stack))
  return describeError(error, 'flag').replace(/^\S*[/\\]/, '')
}
