import { open } from 'node:fs/promises'
import { countRows, type TokenRows } from '../../token-rows.ts'
import { COLUMN_TYPES, type ColumnName, type ListColumn, type ListValues, toColumns } from '../columns.ts'
import { isColumnName, toNotPrepared, toTokenRows } from './list-columns.ts'
import { writeFloats, writeInts } from './number-text.ts'
import type { ShardFormat } from './shard-format.ts'

const BUFFER_BYTES = 1 << 20
/** Numbers in one go. */
const RUN_LENGTH = 1024
/** What is always free: more than any number of a run takes, and the heads of a row whose lists are empty. */
const ROOM = 32 * RUN_LENGTH
const COMMA = 0x2c
const FOOT = Buffer.from(']}\n')
/** Rows that are read at a time. */
const READ_ROWS = 1000
const VALUE_ARRAYS = { int32: Int32Array, int8: Int8Array, float32: Float32Array } as const

/** JSON lines: an object a row, without spaces, its columns in the order that all formats have. */
export const jsonl: ShardFormat = {
  name: 'jsonl',
  extension: '.jsonl',
  builder: 'json',
  hasState: false,
  encode: encodeJsonLines,
  decode: decodeJsonLines,
}

/** All chunks are the same memory, written anew. */
function* encodeJsonLines(batches: Iterable<TokenRows>): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  let at = 0
  for (const batch of batches) at = yield* encodeBatch(batch, buffer, at)
  if (at > 0) yield buffer.subarray(0, at)
}

/** Fills the buffer from `at` on, as often as it takes; returns how much is in it. */
function* encodeBatch(rows: TokenRows, buffer: Buffer, from: number): Generator<Uint8Array, number> {
  const columns = toColumns(rows)
  const heads = columns.map(({ name }, c) => Buffer.from(`${c === 0 ? '{' : '],'}"${name}":[`))
  let at = from
  for (let r = 0; r < countRows(rows); r++) {
    for (const [c, { values, offsets }] of columns.entries()) {
      at += heads[c]!.copy(buffer, at)
      const end = offsets[r + 1]!
      for (let start = offsets[r]!; start < end; start += RUN_LENGTH) {
        if (start > offsets[r]!) buffer[at++] = COMMA
        at = writeNumbers(values.subarray(start, Math.min(end, start + RUN_LENGTH)), buffer, at)
        if (at > BUFFER_BYTES - ROOM) {
          yield buffer.subarray(0, at)
          at = 0
        }
      }
    }
    at += FOOT.copy(buffer, at)
    if (at > BUFFER_BYTES - ROOM) {
      yield buffer.subarray(0, at)
      at = 0
    }
  }
  return at
}

function writeNumbers(values: ListValues, bytes: Uint8Array, at: number): number {
  return values instanceof Float32Array ? writeFloats(values, bytes, at) : writeInts(values, bytes, at)
}

async function* decodeJsonLines(path: string): AsyncGenerator<TokenRows> {
  const handle = await open(path, 'r')
  try {
    let rows: PreparedObject[] = []
    let line = 0
    for await (const text of handle.readLines()) {
      line++
      rows.push(parsePrepared(text, line))
      if (rows.length < READ_ROWS) continue
      yield joinObjects(rows)
      rows = []
    }
    if (rows.length > 0) yield joinObjects(rows)
  } finally {
    await handle.close()
  }
}

type PreparedObject = Readonly<Partial<Record<ColumnName, readonly number[]>>>

function parsePrepared(text: string, line: number): PreparedObject {
  const value = parseLine(text)
  if (typeof value !== 'object' || value === null) throw toNotPrepared(`has no object in line ${line}`)
  for (const [name, list] of Object.entries(value)) {
    if (!isColumnName(name)) continue
    const isItem = COLUMN_TYPES[name] === 'float32' ? isNumber : isInt32
    if (!(Array.isArray(list) && list.every(isItem))) {
      throw toNotPrepared(`has other than ${COLUMN_TYPES[name]} numbers in ${name} of line ${line}`)
    }
  }
  return value
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isInt32(value: unknown): boolean {
  return isNumber(value) && (value | 0) === value
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

/** Rows end to end. A column that only some of them have does not agree in length with the others, or is empty there. */
function joinObjects(rows: readonly PreparedObject[]): TokenRows {
  const names = [...new Set(rows.flatMap(row => Object.keys(row).filter(isColumnName)))]
  return toTokenRows(
    names.map(name =>
      joinLists(
        name,
        rows.map(row => row[name] ?? []),
      ),
    ),
  )
}

function joinLists(name: ColumnName, lists: readonly (readonly number[])[]): ListColumn {
  const offsets = new Int32Array(lists.length + 1)
  for (const [r, list] of lists.entries()) offsets[r + 1] = offsets[r]! + list.length
  const length = offsets[lists.length]!
  const values = new VALUE_ARRAYS[COLUMN_TYPES[name]](length)
  for (const [r, list] of lists.entries()) values.set(list, offsets[r])
  return { name, values, offsets }
}
