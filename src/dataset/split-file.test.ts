import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { compress, init } from '@bokuweb/zstd-wasm'
import { columnFromArray, list, struct, tableFromColumns, tableToIPC, utf8 } from '@uwdata/flechette'
import fc from 'fast-check'
import { Table, writeParquet } from 'parquet-wasm/node'
import { LosslineError } from '../error.ts'
import { ByteSource } from './byte-source.ts'
import { type Chunk, type DatasetRow, listTransfers, readChunk, readRows, splitFile } from './index.ts'
import { splitTextFile } from './split-text-file.ts'

const WORK = mkdtempSync(join(tmpdir(), 'lossline-split-'))
after(() => rmSync(WORK, { recursive: true, force: true }))
before(() => init())

function write(name: string, content: string | Uint8Array): string {
  const path = join(WORK, name)
  writeFileSync(path, content)
  return path
}

/** Rows as worker threads read them: chunks cloned, their buffers moved. */
async function readChunks(file: string, chunkBytes: number): Promise<DatasetRow[]> {
  const rows: DatasetRow[] = []
  for await (const chunk of splitFile(file, { chunkBytes })) {
    const moved = structuredClone(chunk, { transfer: listTransfers(chunk) })
    assert.equal(moved.startRow, rows.length)
    assert(moved.rowCount > 0)
    rows.push(...(await readChunk(moved)))
    assert.equal(rows.length, moved.startRow + moved.rowCount)
  }
  return rows
}

/** The values of a file's rows, and the codes of what is wrong with it. */
async function readValues(file: string): Promise<{ values: unknown[]; errors: string[] }> {
  const values: unknown[] = []
  const errors: string[] = []
  try {
    for await (const row of readRows(file)) {
      if (row.kind === 'row') values.push(row.value)
      else errors.push(row.error.code)
    }
  } catch (error) {
    assert(error instanceof LosslineError, String(error))
    errors.push(error.code)
  }
  return { values, errors }
}

type TextRow = Readonly<Record<'prompt' | 'completion', string>>

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a\nb', '"', '""', ',', '\t', '\\', '{"a": [1]}', '[', '\u2028', '😀', '\r\n', ' x '),
)
const anyRows: fc.Arbitrary<TextRow[]> = fc.array(
  fc.record({ prompt: anyText, completion: anyText }, { noNullPrototype: true }),
  {
    minLength: 1,
    maxLength: 12,
  },
)

function toCsv(rows: readonly TextRow[], delimiter = ',', newline = '\n'): string {
  const field = (text: string): string => `"${text.replaceAll('"', '""')}"`
  const lines = rows.map(row => `${field(row.prompt)}${delimiter}${field(row.completion)}`)
  return [`prompt${delimiter}completion`, ...lines, ''].join(newline)
}

function toArrow(rows: readonly TextRow[], batchRows = rows.length): Uint8Array {
  const maxBatchRows = Math.max(1, batchRows)
  const message = struct({ role: utf8(), content: utf8() })
  const messages = rows.map(({ prompt }) => [{ role: 'user', content: prompt }])
  const table = tableFromColumns({
    prompt: columnFromArray(
      rows.map(row => row.prompt),
      utf8(),
      { maxBatchRows },
    ),
    completion: columnFromArray(
      rows.map(row => row.completion),
      utf8(),
      { maxBatchRows },
    ),
    messages: columnFromArray(messages, list(message), { maxBatchRows }),
  })
  return tableToIPC(table, { format: 'stream' }) as Uint8Array
}

function toParquet(rows: readonly TextRow[]): Uint8Array {
  return writeParquet(Table.fromIPCStream(toArrow(rows)))
}

/** Each format that a test can write by itself. */
const FORMATS: Readonly<Record<string, (rows: readonly TextRow[]) => string | Uint8Array>> = {
  'rows.jsonl': rows => rows.map(row => JSON.stringify(row)).join('\n'),
  'rows.json': rows => JSON.stringify(rows, null, 1),
  'line.json': rows => ` ${JSON.stringify(rows)}`,
  'rows.csv': rows => toCsv(rows),
  'rows.tsv': rows => toCsv(rows, '\t', '\r\n'),
  'rows.csv.gz': rows => gzipSync(toCsv(rows)),
  'members.gz': rows => Buffer.concat(rows.map(row => gzipSync(`${JSON.stringify(row)}\n`))),
  'rows.zst': rows => compress(Buffer.from(rows.map(row => `${JSON.stringify(row)}\n`).join(''))),
  'frames.zst': rows => Buffer.concat(rows.map(row => compress(Buffer.from(`${JSON.stringify(row)}\n`)))),
  'rows.arrow': rows => toArrow(rows, 2),
  'rows.arrow.gz': rows => gzipSync(toArrow(rows, 2)),
  'rows.parquet': toParquet,
}

// Each reading of Parquet starts a thread.
for (const [name, format] of Object.entries(FORMATS)) {
  test(`${name}: chunks of any length give the same rows, in the same places`, async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, fc.integer({ min: 1, max: 200 }), async (rows, chunkBytes) => {
        const file = write(name, format(rows))
        const whole = await readChunks(file, 1 << 20)
        assert.deepEqual(await readChunks(file, chunkBytes), whole)
        const values = whole.map(row => row.kind === 'row' && (row.value as TextRow))
        const texts = values.map(value => value && { prompt: value.prompt, completion: value.completion })
        assert.deepEqual(texts, rows)
      }),
      { numRuns: name.endsWith('parquet') ? 6 : 60 },
    )
  })

  test(`${name}: cut anywhere it gives the rows before, and one error`, async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, fc.nat({ max: 999 }), async (rows, place) => {
        const bytes = Buffer.from(format(rows))
        const whole = await readValues(write(name, bytes))
        const length = Math.floor((bytes.length * place) / 1000)
        const { values, errors } = await readValues(write(name, bytes.subarray(0, length)))
        // A last record of CSV that isn't in quotes may be cut without a trace.
        const sure = /sv$/.test(name) && errors.length === 0 ? values.slice(0, -1) : values
        assert.deepEqual(sure, whole.values.slice(0, sure.length))
        assert(errors.length <= 1, errors.join())
        // Lines, members and batches may be cut between two of them, and nobody can tell.
        const isClosed = /json$|rows.*(gz|zst)$|parquet$/.test(name)
        if (isClosed) assert.equal(errors.length, 1, `${length} of ${bytes.length}`)
      }),
      { numRuns: name.endsWith('parquet') ? 10 : 100 },
    )
  })
}

test('chunks of a text are the same however its bytes come', async () => {
  const split = async (pieces: readonly Buffer[], chunkBytes: number): Promise<Chunk[]> => {
    async function* blocks(): AsyncGenerator<Buffer> {
      yield* pieces
    }
    const chunks: Chunk[] = []
    const source = new ByteSource(blocks(), 'rows')
    const options = { chunkBytes, format: undefined, notice: undefined }
    for await (const chunk of splitTextFile(source, options)) chunks.push(chunk)
    return chunks
  }
  const anyLayout = fc.constantFrom('rows.jsonl', 'rows.json', 'rows.csv')
  await fc.assert(
    fc.asyncProperty(
      anyRows,
      anyLayout,
      fc.array(fc.nat({ max: 99 })),
      fc.integer({ min: 1, max: 99 }),
      async (rows, layout, lengths, chunkBytes) => {
        const bytes = Buffer.from(FORMATS[layout]!(rows))
        const pieces: Buffer[] = []
        let at = 0
        for (const length of lengths) {
          pieces.push(bytes.subarray(at, at + length))
          at += length
        }
        pieces.push(bytes.subarray(at))
        assert.deepEqual(await split(pieces, chunkBytes), await split([bytes], chunkBytes))
      },
    ),
  )
})

test('a chunk holds about the bytes that were asked for', async () => {
  const rows = Array.from({ length: 500 }, (_, i) => ({ prompt: `p${i}`, completion: 'x'.repeat(i) }))
  for (const name of ['rows.jsonl', 'rows.json', 'rows.csv', 'members.gz', 'rows.arrow']) {
    const file = write(name, FORMATS[name]!(rows))
    let chunks = 0
    for await (const chunk of splitFile(file, { chunkBytes: 20_000 })) {
      const byteLength = listTransfers(chunk)[0]!.byteLength
      assert(byteLength < 40_000, `${name} ${byteLength}`)
      chunks++
    }
    assert(chunks >= 6 && chunks < 20, `${name} ${chunks}`)
  }
})
