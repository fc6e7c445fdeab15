import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { columnFromArray, int32, tableFromColumns, tableToIPC, utf8 } from '@uwdata/flechette'
import { Table, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm/node'
import { describeError, LosslineError } from '../../error.ts'
import { readChunk, readRows, splitFile } from '../index.ts'

const WORK = mkdtempSync(join(tmpdir(), 'lossline-parquet-'))
after(() => rmSync(WORK, { recursive: true, force: true }))

function write(name: string, content: Uint8Array): string {
  const path = join(WORK, name)
  writeFileSync(path, content)
  return path
}

function makeParquet(texts: string[], groupRows: number): Uint8Array {
  const table = tableFromColumns({
    n: columnFromArray(
      texts.map((_, i) => i),
      int32(),
    ),
    text: columnFromArray(texts, utf8()),
  })
  const ipc = tableToIPC(table, { format: 'stream' }) as Uint8Array
  const properties = new WriterPropertiesBuilder().setMaxRowGroupSize(groupRows).setDictionaryEnabled(false)
  return writeParquet(Table.fromIPCStream(ipc), properties.build())
}

async function readError(file: string): Promise<string> {
  try {
    for await (const row of readRows(file)) assert.equal(row.kind, 'row')
  } catch (error) {
    assert(error instanceof LosslineError, String(error))
    return describeError(error).replaceAll(`${WORK}/`, '')
  }
  return 'no error'
}

test('gives batches of about the bytes asked for, in the order of the rows', async () => {
  const texts = Array.from({ length: 3000 }, (_, i) => `${i} ${'x'.repeat(1000)}`)
  const file = write('groups.parquet', makeParquet(texts, 1000))
  let chunks = 0
  let rows = 0
  let bytesRead = 0
  const onBytes = (byteLength: number): void => {
    bytesRead += byteLength
  }
  for await (const chunk of splitFile(file, { chunkBytes: 100_000, onBytes })) {
    assert.equal(chunk.startRow, rows)
    for (const row of await readChunk(chunk)) {
      assert(row.kind === 'row')
      assert.deepEqual(row.value, { n: rows, text: texts[rows] })
      assert.equal(row.where, `${file}[${rows}]`)
      rows++
    }
    chunks++
  }
  assert.equal(rows, texts.length)
  assert(chunks >= 30 && chunks < 40, String(chunks))
  assert.equal(Math.round(bytesRead), statSync(file).size)
})

test('has one line for what can not be read', async () => {
  const whole = makeParquet(['a', 'b'], 1)
  const again = 'Copy or download it again.'
  assert.equal(
    await readError(write('cut.parquet', whole.subarray(0, -9))),
    `cut.parquet is cut: Parquet ends with a footer, and this file does not. ${again}`,
  )
  const noFooter = Buffer.from(whole)
  noFooter.fill(0xff, whole.length - 60, whole.length - 8)
  assert.match(
    await readError(write('footer.parquet', noFooter)),
    /^footer\.parquet is damaged Parquet( \(.+\))?\. Copy/,
  )
  const noPage = Buffer.from(whole)
  noPage.fill(0xff, 4, 40)
  assert.match(
    await readError(write('page.parquet', noPage)),
    /^page\.parquet is damaged Parquet( \(.+\))?\. Copy/,
  )
  assert.equal(
    await readError(write('packed.parquet.gz', gzipSync(whole))),
    "packed.parquet.gz is Parquet packed with gzip, which can't be read in parts. Unpack it first.",
  )
  assert.equal(
    await readError(write('empty.parquet', makeParquet([], 1))),
    'empty.parquet holds no rows. Leave it out, or write its rows.',
  )
})
