import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { float64, list, struct, tableFromArrays, tableFromIPC, tableToIPC, utf8 } from '@uwdata/flechette'
import { makeModelFolder } from '../../test/cli/model-folder.ts'
import { parseRow } from '../conversation/index.ts'
import { maskExample } from '../mask/index.ts'
import { openModel } from '../open-model.ts'
import { prepareStream, type StreamOptions } from './worker-stream.ts'

const model = makeModelFolder()
const optionsOf = (options: Partial<StreamOptions> = {}) => ({ model, cache: false, ...options })

const MESSAGES = list(struct({ role: utf8(), content: utf8(), loss_weight: float64() }))

/** A stream of one batch: a row for each conversation. */
function toStream(messages: readonly (readonly TestMessage[])[]): Buffer {
  const table = tableFromArrays({ messages: [...messages] }, { types: { messages: MESSAGES } })
  return Buffer.from(tableToIPC(table, { format: 'stream' })!)
}

interface TestMessage {
  readonly role: string
  readonly content: string
  readonly loss_weight?: number
}

const toChat = (...texts: readonly string[]): TestMessage[] =>
  texts.map((content, m) => ({ role: m % 2 === 0 ? 'user' : 'assistant', content }))

interface PreparedRow {
  readonly row: bigint
  readonly input_ids: Int32Array | null
  readonly labels: Int32Array | null
  readonly loss_weights: Float32Array | null
  readonly error: string | null
}

async function* just(...parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* parts
}

async function collect(
  bytes: AsyncIterable<Buffer>,
  options?: Partial<StreamOptions>,
): Promise<{ rows: PreparedRow[]; parts: Uint8Array[] }> {
  const parts: Uint8Array[] = []
  for await (const part of prepareStream(bytes, optionsOf(options))) parts.push(part)
  const table = tableFromIPC(Buffer.concat(parts), { useBigInt: true })
  return { rows: table.toArray() as unknown as PreparedRow[], parts }
}

/** What the library makes of a row, without any stream. */
async function mask(row: TestMessage[]): Promise<{ input_ids: Int32Array; labels: Int32Array }[]> {
  const opened = await openModel(model, { cache: false })
  const { example } = parseRow({ messages: row.map(message => ({ ...message })) })
  return maskExample(example, opened).map(({ encoded, labels }) => ({ input_ids: encoded.ids, labels }))
}

const HI = toChat('Hi', 'The grass is green.')
const BYE = toChat('snow', 'white', 'coal', 'black')

test('prepares rows as the library masks them', async () => {
  const { rows } = await collect(just(toStream([HI, BYE])))
  const expected = await Promise.all([HI, BYE].map(mask))
  assert.deepEqual(
    rows.map(({ input_ids, labels }) => ({ input_ids, labels })),
    expected.flat(),
  )
  assert.deepEqual(
    rows.map(({ row, loss_weights, error }) => [row, loss_weights, error]),
    [
      [0n, null, null],
      [1n, null, null],
    ],
  )
})

test('passes no row over: those that can’t be used, and those of which nothing is left, say why', async () => {
  const bad = [{ role: 'asistant', content: 'x' }]
  const { rows } = await collect(just(toStream([bad, HI]), toStream([toChat('Hi'), BYE, bad])))
  assert.deepEqual(
    rows.map(({ row, input_ids }) => [row, input_ids !== null]),
    [
      [0n, false],
      [1n, true],
      [2n, false],
      [3n, true],
      [4n, false],
    ],
  )
  assert.match(rows[0]!.error!, /^stdin\[0\] messages\[0\]\.role is "asistant"/)
  assert.match(rows[2]!.error!, /^stdin\[2\] has no trained token/)
  assert.match(rows[4]!.error!, /^stdin\[4\] /)
})

test('tells weights where one is neither 0 nor 1', async () => {
  const half = [HI[0]!, { ...HI[1]!, loss_weight: 0.5 }]
  const { rows } = await collect(just(toStream([HI, half, BYE])))
  assert.deepEqual(
    rows.map(({ loss_weights }) => loss_weights && [...new Set(loss_weights)]),
    [null, [0, 0.5], null],
  )
})

test('gives a row for each piece that is split off', async () => {
  const { rows } = await collect(just(toStream([HI, BYE])), { maxLength: 20, truncation: 'split-turns' })
  assert.deepEqual(
    rows.map(({ row }) => row),
    [0n, 1n, 1n],
  )
})

test('gives a batch for each batch, before the next one comes', async () => {
  const pipe = new PassThrough()
  const stream = prepareStream(pipe, optionsOf())
  const next = async () => Buffer.from((await stream.next()).value as Uint8Array)
  const start = await next()
  for (const texts of [HI, BYE]) {
    pipe.write(toStream([texts, texts]))
    assert.equal(tableFromIPC(Buffer.concat([start, await next()])).numRows, 2)
  }
  pipe.end()
  const end = await next()
  assert.equal(tableFromIPC(Buffer.concat([start, end])).numRows, 0)
  assert.equal((await stream.next()).done, true)
})

test('gives a stream without batches for one without batches', async () => {
  const { rows, parts } = await collect(just())
  assert.deepEqual(rows, [])
  assert.equal(parts.length, 2)
})

test('ends with what is wrong with all rows', async () => {
  const template = makeModelFolder(false)
  await assert.rejects(collect(just(toStream([HI])), { model: template }), { code: 'prepare/no-template' })
})
