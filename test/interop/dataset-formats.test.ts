// What pyarrow, pandas and datasets write gives the same examples as the JSON that it was made from.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { parseRow } from '../../src/conversation/index.ts'
import { listTransfers, readChunk, readRows, splitFile } from '../../src/dataset/index.ts'
import { findPython, findShared, runPython, whyNoPython } from './python.ts'

const SCRIPT = 'test/interop/write_datasets.py'

/** Few rows in a group and a batch, so that files have several. */
const PART_ROWS = 70

interface WrittenFiles {
  readonly files: Readonly<Record<string, string>>
}

async function readExamples(file: string): Promise<unknown[]> {
  const examples: unknown[] = []
  for await (const row of readRows(file)) {
    assert.equal(row.kind, 'row')
    if (row.kind === 'row') examples.push(parseRow(row.value).example)
  }
  return examples
}

/** Through chunks, as worker threads read: cloned, with the buffers moved. */
async function readChunkedExamples(file: string, chunkBytes: number): Promise<unknown[]> {
  const examples: unknown[] = []
  for await (const chunk of splitFile(file, { chunkBytes })) {
    const moved = structuredClone(chunk, { transfer: listTransfers(chunk) })
    const before = examples.length
    assert.equal(moved.startRow, before)
    for (const row of await readChunk(moved)) {
      assert(row.kind === 'row')
      assert.equal(row.row, examples.length)
      examples.push(parseRow(row.value).example)
    }
    assert.equal(examples.length - before, moved.rowCount)
  }
  return examples
}

test('real rows give the same examples in every format that Python writes', async t => {
  const python = findPython('trl-1.16')
  if (python === undefined) return t.skip(whyNoPython('trl-1.16'))
  const data = findShared('data')
  if (data === undefined) return t.skip('../shared is not here')
  const work = mkdtempSync(join(tmpdir(), 'lossline-formats-'))
  try {
    const sources = readdirSync(data).filter(name => name.includes('.json'))
    const cases = sources.map(name => ({
      rows: join(data, name),
      folder: join(work, name),
      parts: PART_ROWS,
    }))
    const answers = runPython(python, SCRIPT, cases) as WrittenFiles[]
    for (const [i, { files }] of answers.entries()) {
      const expected = await readExamples(cases[i]!.rows)
      for (const [what, file] of Object.entries(files)) {
        await t.test(`${basename(cases[i]!.rows)} as ${what}`, async () => {
          assert.deepEqual(await readExamples(file), expected)
          assert.deepEqual(await readChunkedExamples(file, 1 << 16), expected)
        })
      }
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
})
