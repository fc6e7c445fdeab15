import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { Batch, Column, Table, tableFromArrays, tableToIPC, utf8 } from '@uwdata/flechette'
import fc from 'fast-check'
import { readChunk } from '../read-chunk.ts'
import { splitArrowStreams } from './split-streams.ts'

/** A stream of one batch. */
const toStream = (columns: Record<string, string[]>): Buffer =>
  Buffer.from(tableToIPC(tableFromArrays(columns), { format: 'stream' })!)

/** A stream of one batch without rows; flechette makes none of empty arrays. */
function toEmptyStream(): Buffer {
  const { schema } = tableFromArrays({ text: [] }, { types: { text: utf8() } })
  const none = new Uint8Array(0)
  const batch = {
    length: 0,
    nullCount: 0,
    type: utf8(),
    validity: none,
    offsets: new Int32Array(1),
    values: none,
  }
  return Buffer.from(tableToIPC(new Table(schema, [new Column([new Batch(batch)])]), { format: 'stream' })!)
}

async function* inParts(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

async function readBatches(bytes: AsyncIterable<Buffer>): Promise<unknown[][]> {
  const batches: unknown[][] = []
  for await (const chunk of splitArrowStreams(bytes, 'stdin')) {
    const rows = [...(await readChunk(chunk))]
    assert.equal(rows.length, chunk.rowCount)
    batches.push(rows.map(row => (row.kind === 'row' ? [row.where, row.value] : row.error)))
  }
  return batches
}

test('gives each batch of streams with different columns, and counts their rows through', async () => {
  const bytes = Buffer.concat([
    toStream({ text: ['a', 'b'] }),
    toEmptyStream(),
    toStream({ prompt: ['c'], completion: ['d'] }),
  ])
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: bytes.length }), async length => {
      assert.deepEqual(await readBatches(inParts(bytes, length)), [
        [
          ['stdin[0]', { text: 'a' }],
          ['stdin[1]', { text: 'b' }],
        ],
        [],
        [['stdin[2]', { prompt: 'c', completion: 'd' }]],
      ])
    }),
  )
})

test('gives a batch before the next one comes', async () => {
  const pipe = new PassThrough()
  const chunks = splitArrowStreams(pipe, 'stdin')
  for (const text of ['a', 'b']) {
    pipe.write(toStream({ text: [text] }))
    const { value } = await chunks.next()
    const [row] = [...(await readChunk(value!))]
    assert.deepEqual(row?.kind === 'row' && row.value, { text })
  }
  pipe.end()
  assert.equal((await chunks.next()).done, true)
})

test('gives the batches before a cut, then says where the stream ends', async () => {
  const bytes = Buffer.concat([toStream({ text: ['a'] }), toStream({ text: ['b'] })])
  // Inside the second batch. Between messages a stream may end without saying so, which takes 8 bytes.
  const cut = fc.integer({ min: bytes.length - 100, max: bytes.length - 9 })
  await fc.assert(
    fc.asyncProperty(cut, async length => {
      const chunks = splitArrowStreams(inParts(bytes.subarray(0, length), length), 'stdin')
      assert.equal((await chunks.next()).value?.rowCount, 1)
      await assert.rejects(chunks.next(), { code: 'dataset/arrow-cut', where: 'stdin' })
    }),
  )
})

test('says that something else comes', async () => {
  await assert.rejects(readBatches(inParts(Buffer.from('{"text": "a"}\n'), 20)), {
    code: 'dataset/not-arrow',
  })
})
