import { crc32 } from '../crc32.ts'

const BLOCK_BYTES = 32_768
const CHUNK_HEADER_BYTES = 7

/** `:W&B`, the magic number 0xBEE1, version 0. */
export const FILE_HEADER: Uint8Array = Uint8Array.of(0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0)

const CHUNK_TYPES = { full: 1, first: 2, middle: 3, last: 4 } as const

/**
 * A record of a `.wandb` file, framed as in LevelDB's log: in chunks that never cross a block of 32 KiB, each with a checksum over its type
 * and its bytes.
 *
 * @param position where in the file the record begins
 */
export function frameRecord(record: Uint8Array, position: number): Uint8Array {
  const chunks: Uint8Array[] = []
  let at = position
  let start = 0
  let isDone = false
  while (!isDone) {
    const left = BLOCK_BYTES - (at % BLOCK_BYTES)
    if (left < CHUNK_HEADER_BYTES) {
      chunks.push(new Uint8Array(left))
      at += left
      continue
    }
    const end = Math.min(record.length, start + left - CHUNK_HEADER_BYTES)
    isDone = end === record.length
    chunks.push(toChunk(record.subarray(start, end), toType(start === 0, isDone)))
    at += CHUNK_HEADER_BYTES + end - start
    start = end
  }
  return Buffer.concat(chunks)
}

function toType(isFirst: boolean, isLast: boolean): number {
  if (isFirst) return isLast ? CHUNK_TYPES.full : CHUNK_TYPES.first
  return isLast ? CHUNK_TYPES.last : CHUNK_TYPES.middle
}

function toChunk(bytes: Uint8Array, type: number): Uint8Array {
  const chunk = new Uint8Array(CHUNK_HEADER_BYTES + bytes.length)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, crc32(bytes, crc32(Uint8Array.of(type))), true)
  view.setUint16(4, bytes.length, true)
  view.setUint8(6, type)
  chunk.set(bytes, CHUNK_HEADER_BYTES)
  return chunk
}
