/**
 * Prepared rows to shards and back, on one thread: millions of ids a CPU second, hash and fsync counted, beside what the file system and SHA-256
 * alone take for the same bytes. Rounds take turns. Run: npm run bench:shards
 *
 * hyparquet-writer and @duckdb/node-api join when LOSSLINE_PEERS names a folder that has them in node_modules.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  readTokenRows,
  SHARD_FORMATS,
  type TokenRows,
  writeFileWhole,
  writeShard,
} from '../src/dataset/index.ts'
import { random } from '../test/random.ts'

const ROWS = 20_000
const MEAN_LENGTH = 500
const ROUNDS = 5
/** 4 MiB. */
const BLOCK_IDS = 1 << 20

/** Writes or reads all rows once, and gives the bytes of that. */
interface Job {
  readonly name: string
  readonly run: () => Promise<number>
}

const folder = mkdtempSync(join(tmpdir(), 'lossline-bench-'))
try {
  await bench(makeRows())
} finally {
  rmSync(folder, { recursive: true })
}

async function bench(rows: TokenRows): Promise<void> {
  const ids = 2 * rows.inputIds.length
  console.log(`${(ids / 1e6).toFixed(1)} M ids in two columns of ${ROWS} lists; median (best) of ${ROUNDS}\n`)
  console.log(toLine(['', 'M ids a CPU second', 'MB of ids or file', 'MB grown']))
  await compare(listOurs(rows), ids)
  // After ours: their lists are a gigabyte of objects, which the garbage collector walks through for everybody.
  await compare(await listPeers(rows), ids)
}

async function compare(jobs: readonly Job[], ids: number): Promise<void> {
  const results = jobs.map(() => ({ rates: [] as number[], grownBytes: 0, byteLength: 0 }))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [j, { run }] of jobs.entries()) {
      const result = results[j]!
      const { seconds, grownBytes, byteLength } = await measure(run)
      result.rates.push(ids / 1e6 / seconds)
      result.grownBytes = Math.max(result.grownBytes, grownBytes)
      result.byteLength = byteLength
    }
  }
  for (const [j, { name }] of jobs.entries()) {
    const { rates, grownBytes, byteLength } = results[j]!
    const sorted = rates.toSorted((a, b) => a - b)
    const rate = `${sorted[ROUNDS >> 1]!.toFixed(1)} (${sorted.at(-1)!.toFixed(1)})`
    console.log(toLine([name, rate, toMegabytes(byteLength), toMegabytes(grownBytes)]))
  }
}

function listOurs(rows: TokenRows): Job[] {
  const write = SHARD_FORMATS.map(({ name }) => ({
    name: `write ${name}`,
    run: async () => (await writeShard(folder, 0, rows, name)).byteLength,
  }))
  const read = SHARD_FORMATS.map(({ name, extension }) => ({
    name: `read ${name}`,
    run: () => countBytes(join(folder, `data-00000${extension}`)),
  }))
  const { length } = rows.inputIds
  const blocks = Array.from(
    { length: Math.ceil(length / BLOCK_IDS) },
    (_, b) => new Uint8Array(rows.inputIds.slice(b * BLOCK_IDS, (b + 1) * BLOCK_IDS).buffer),
  )
  const floor = {
    name: 'the columns as they are, hashed',
    run: async () => (await writeFileWhole(join(folder, 'raw'), [...blocks, ...blocks])).byteLength,
  }
  return [floor, ...write, ...read]
}

async function countBytes(path: string): Promise<number> {
  let bytes = 0
  for await (const { inputIds, labels } of readTokenRows(path))
    bytes += inputIds.byteLength + labels.byteLength
  return bytes
}

/** They want an array of numbers for each list, and are given it outside the time. */
async function listPeers(rows: TokenRows): Promise<Job[]> {
  const jobs: Job[] = []
  const input_ids = toLists(rows.inputIds, rows.offsets)
  const labels = toLists(rows.labels, rows.offsets)
  const hyparquet = await importPeer<HyparquetWriter>('hyparquet-writer/src/index.js')
  if (hyparquet !== undefined) {
    const columnData = Object.entries({ input_ids, labels }).map(([name, data]) => ({ name, data }))
    const schema = [
      { name: 'root', num_children: 2 },
      ...toListSchema('input_ids'),
      ...toListSchema('labels'),
    ]
    jobs.push({
      name: 'hyparquet-writer, Snappy',
      run: async () => hyparquet.parquetWriteBuffer({ columnData, schema, rowGroupSize: 10_000 }).byteLength,
    })
  }
  const duckdb = await importPeer<DuckDB>('@duckdb/node-api/lib/index.js')
  if (duckdb !== undefined) {
    const connection = await (await duckdb.DuckDBInstance.create(':memory:')).connect()
    jobs.push({
      name: 'DuckDB, appender, zstd',
      run: () => writeByDuckDB(duckdb, connection, [input_ids, labels]),
    })
  }
  return jobs
}

interface HyparquetWriter {
  parquetWriteBuffer(options: object): ArrayBuffer
}

function toListSchema(name: string): object[] {
  return [
    { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'INT32', repetition_type: 'OPTIONAL' },
  ]
}

interface DuckDB {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<DuckDBConnection> }> }
  readonly DuckDBDataChunk: {
    create(types: unknown[], rows: number): { setColumns(columns: unknown[][]): void }
  }
  readonly INTEGER: unknown
  LIST(type: unknown): unknown
  listValue(values: readonly number[]): unknown
}

interface DuckDBConnection {
  run(sql: string): Promise<unknown>
  createAppender(table: string): Promise<{ appendDataChunk(chunk: unknown): void; closeSync(): void }>
}

async function writeByDuckDB(
  { DuckDBDataChunk, LIST, INTEGER, listValue }: DuckDB,
  connection: DuckDBConnection,
  columns: readonly (readonly (readonly number[])[])[],
): Promise<number> {
  const path = join(folder, 'duckdb.parquet')
  await connection.run('create or replace table rows (input_ids integer[], labels integer[])')
  const appender = await connection.createAppender('rows')
  for (let start = 0; start < ROWS; start += 2048) {
    const part = columns.map(lists => lists.slice(start, start + 2048).map(list => listValue(list)))
    const chunk = DuckDBDataChunk.create([LIST(INTEGER), LIST(INTEGER)], part[0]!.length)
    chunk.setColumns(part)
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
  await connection.run(`copy rows to '${path}' (format parquet, compression zstd)`)
  return statSync(path).size
}

async function importPeer<Module>(path: string): Promise<Module | undefined> {
  const peers = process.env['LOSSLINE_PEERS']
  if (peers === undefined) return undefined
  try {
    return (await import(pathToFileURL(join(peers, 'node_modules', path)).href)) as Module
  } catch {
    console.log(`${path}: not installed (LOSSLINE_PEERS)`)
    return undefined
  }
}

async function measure(
  run: Job['run'],
): Promise<{ seconds: number; grownBytes: number; byteLength: number }> {
  const before = process.memoryUsage.rss()
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 5)
  const start = process.cpuUsage()
  const byteLength = await run()
  const { user, system } = process.cpuUsage(start)
  clearInterval(timer)
  peak = Math.max(peak, process.memoryUsage.rss())
  return { seconds: (user + system) / 1e6, grownBytes: peak - before, byteLength }
}

/** Ids of a large vocabulary, small ones more often, and answers of some sixty tokens among what is not trained. */
function makeRows(): TokenRows {
  const draw = random(1)
  const offsets = new Int32Array(ROWS + 1)
  for (let r = 0; r < ROWS; r++) offsets[r + 1] = offsets[r]! + 1 + draw(2 * MEAN_LENGTH)
  const inputIds = new Int32Array(offsets[ROWS]!).map(() => Math.floor(151_936 * (draw(1e6) / 1e6) ** 4))
  let isTrained = false
  const labels = inputIds.map((id, t) => {
    if (t % 60 === 0) isTrained = draw(5) < 3
    return isTrained ? id : -100
  })
  return { inputIds, labels, lossWeights: undefined, positionIds: undefined, seqLengths: undefined, offsets }
}

function toLists(values: Int32Array, offsets: Int32Array): number[][] {
  return Array.from({ length: ROWS }, (_, r) => Array.from(values.subarray(offsets[r], offsets[r + 1])))
}

function toMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

function toLine([name, ...cells]: readonly string[]): string {
  return name!.padEnd(34) + cells.map(cell => cell.padStart(20)).join('')
}
