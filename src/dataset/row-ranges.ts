import type { Chunk } from './chunk.ts'
import { isBlank } from './lines/split.ts'

const NEWLINE = 0x0a

/**
 * Where the rows of a chunk of JSON stand in its bytes, `[start, end)` of each in turn, in the order in which {@link readChunk} gives them.
 * Undefined for what holds no JSON: CSV and Arrow.
 */
export function findRowRanges(chunk: Chunk): Uint32Array | undefined {
  switch (chunk.kind) {
    case 'lines':
      return findLines(chunk.bytes)
    case 'items':
      return new Uint32Array(chunk.ranges)
    case 'document':
      return Uint32Array.of(0, chunk.bytes.byteLength)
    case 'csv':
    case 'arrow':
      return undefined
    default: {
      const never: never = chunk
      return never
    }
  }
}

function findLines(bytes: Uint8Array): Uint32Array {
  const ranges: number[] = []
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    if (!isBlank(bytes, start, end)) ranges.push(start, end)
    start = end + 1
  }
  return Uint32Array.from(ranges)
}
