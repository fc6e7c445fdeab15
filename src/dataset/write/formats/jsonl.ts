import { countRows, type TokenRows } from '../../token-rows.ts'
import { toColumns } from '../columns.ts'
import { writeFloats, writeInts } from './number-text.ts'
import type { ShardFormat } from './shard-format.ts'

const BUFFER_BYTES = 1 << 20
/** Numbers in one go. */
const RUN_LENGTH = 1024
/** What is always free: more than any number of a run takes, and the heads of a row whose lists are empty. */
const ROOM = 32 * RUN_LENGTH
const COMMA = 0x2c

/** JSON lines: an object a row, without spaces, its columns in the order that all formats have. */
export const jsonl: ShardFormat = {
  name: 'jsonl',
  extension: '.jsonl',
  builder: 'json',
  hasState: false,
  encode: encodeJsonLines,
}

/** All chunks are the same memory, written anew. */
function* encodeJsonLines(rows: TokenRows): Generator<Uint8Array> {
  const columns = toColumns(rows)
  const heads = columns.map(({ name }, c) => Buffer.from(`${c === 0 ? '{' : '],'}"${name}":[`))
  const foot = Buffer.from(']}\n')
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  let at = 0
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
    at += foot.copy(buffer, at)
    if (at > BUFFER_BYTES - ROOM) {
      yield buffer.subarray(0, at)
      at = 0
    }
  }
  if (at > 0) yield buffer.subarray(0, at)
}

function writeNumbers(values: Int32Array | Float32Array, bytes: Uint8Array, at: number): number {
  return values instanceof Int32Array ? writeInts(values, bytes, at) : writeFloats(values, bytes, at)
}
