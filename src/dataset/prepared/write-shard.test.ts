import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { anyTokenRows, makeTokenRows } from '../../../test/dataset/token-rows.ts'
import { withoutPrivileges } from '../../../test/unprivileged.ts'
import { describeError, LosslineError } from '../../error.ts'
import { sliceRows } from '../token-rows.ts'
import { SHARD_FORMATS } from './formats/index.ts'
import { writeShard } from './write-shard.ts'

const folder = mkdtempSync(join(tmpdir(), 'lossline-shards-'))
after(() => rmSync(folder, { recursive: true }))
const newFolder = () => mkdtempSync(join(folder, 'out-'))

for (const { name, extension } of SHARD_FORMATS) {
  test(`${name}: tells the rows, tokens, bytes and hash of the file that it has written`, async () => {
    await fc.assert(
      fc.asyncProperty(anyTokenRows, async rows => {
        const shard = await writeShard(folder, 12, rows, name)
        const bytes = readFileSync(join(folder, shard.file))
        assert.deepEqual(shard, {
          file: `data-00012${extension}`,
          rows: rows.offsets.length - 1,
          tokens: rows.inputIds.length,
          byteLength: bytes.length,
          sha256: createHash('sha256').update(bytes).digest('hex'),
        })
      }),
      { numRuns: 30 },
    )
  })

  test(`${name}: writes rows that are made as it goes as it does rows that are there`, async () => {
    const offsets = Int32Array.from({ length: 2501 }, (_, r) => 3 * r)
    const inputIds = Int32Array.from({ length: 7500 }, (_, t) => t)
    const rows = { ...ROWS, inputIds, labels: inputIds, offsets }
    const taken: number[] = []
    const slice = (start: number, end: number) => {
      taken.push(end - start)
      return sliceRows(rows, start, end)
    }
    assert.deepEqual(
      await writeShard(folder, 0, { offsets, slice }, name),
      await writeShard(folder, 0, rows, name),
    )
    assert.deepEqual(taken, [1000, 1000, 500])
  })

  test(`${name}: writes equal rows as equal bytes, whatever array they are a view of`, async () => {
    await fc.assert(
      fc.asyncProperty(anyTokenRows, async rows => {
        const shifted = Int32Array.from([7, ...rows.inputIds, 7]).subarray(1, -1)
        const first = await writeShard(folder, 0, rows, name)
        assert.deepEqual(await writeShard(folder, 0, { ...rows, inputIds: shifted }, name), first)
      }),
      { numRuns: 10 },
    )
  })
}

const SHAPE = { seed: 1, isPacked: false, hasPositions: false, hasWeights: false }
const ROWS = makeTokenRows({ ...SHAPE, lengths: [3, 0, 5] })

test('leaves nothing but whole files, over what an earlier attempt has left', async () => {
  const out = newFolder()
  writeFileSync(join(out, 'data-00000.arrow.tmp'), 'half a shard')
  const shard = await writeShard(out, 0, ROWS, 'arrow')
  assert.deepEqual(readdirSync(out), ['data-00000.arrow'])
  assert.equal(readFileSync(join(out, shard.file)).length, shard.byteLength)
})

for (const { name, extension } of SHARD_FORMATS) {
  test(`${name}: says in one line that the disk is full and leaves nothing`, {
    skip: !isLinux(),
  }, async () => {
    const out = newFolder()
    // More than is gathered before the first write.
    const rows = makeTokenRows({ ...SHAPE, lengths: Array.from({ length: 3000 }, () => 100) })
    symlinkSync('/dev/full', join(out, `data-00000${extension}.tmp`))
    assert.equal(
      await failureOf(() => writeShard(out, 0, rows, name)),
      `data-00000${extension} can't be written: the disk is full. Free some space, then go on with --resume.`,
    )
    assert.deepEqual(readdirSync(out), [])
  })
}

test('says in one line that there is no permission', { skip: !isLinux() }, async () => {
  const out = newFolder()
  chmodSync(out, 0o555)
  chmodSync(dirname(out), 0o755)
  assert.equal(
    await withoutPrivileges(() => failureOf(() => writeShard(out, 0, ROWS, 'arrow'))),
    "data-00000.arrow can't be written: no permission. Check the permissions of its folder, or name another.",
  )
})

test('says in one line that the folder does not exist', async () => {
  assert.equal(
    await failureOf(() => writeShard(join(newFolder(), 'no'), 0, ROWS, 'arrow')),
    "data-00000.arrow can't be written: its folder does not exist. Make it first.",
  )
})

/** The line that the command line prints, with the file's name for its path. */
async function failureOf(write: () => Promise<unknown>): Promise<string> {
  const error = await write().then(
    () => assert.fail('it was written'),
    (error: unknown) => error,
  )
  assert.ok(error instanceof LosslineError)
  return describeError(error, 'flag').replace(/^\S*[/\\]/, '')
}

function isLinux(): boolean {
  return process.platform === 'linux'
}
