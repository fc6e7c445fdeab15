/** Line and column of a position, both from 0; columns count UTF-16 units, as editors do. */
export interface TextPlace {
  readonly line: number
  readonly column: number
}

const NEWLINE = 0x0a

/** The place behind some bytes that start at a place. */
export function advance({ line, column }: TextPlace, bytes: Buffer): TextPlace {
  const last = bytes.lastIndexOf(NEWLINE)
  if (last < 0) return { line, column: column + countUtf16(bytes) }
  let lines = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++
  return { line: line + lines, column: countUtf16(bytes.subarray(last + 1)) }
}

/** `chats.json:3:7`, both from 1. */
export function formatPlace(name: string, { line, column }: TextPlace): string {
  return `${name}:${line + 1}:${column + 1}`
}

/** The length of the text as a string. Four bytes at a time: a list of one line is counted through to its end. */
function countUtf16(bytes: Buffer): number {
  if (bytes.length < 8) return countUnits(bytes)
  const alignedStart = -bytes.byteOffset & 3
  const words = new Uint32Array(
    bytes.buffer,
    bytes.byteOffset + alignedStart,
    (bytes.length - alignedStart) >> 2,
  )
  const alignedEnd = alignedStart + 4 * words.length
  let units = countUnits(bytes.subarray(0, alignedStart)) + countUnits(bytes.subarray(alignedEnd))
  for (const word of words) {
    units += 4
    if ((word & 0x80808080) === 0) continue
    // A bit in each byte: 10xxxxxx adds to the character before it, 1111xxxx leads one of two units.
    const added = (word >>> 7) & ~(word >>> 6) & 0x01010101
    const pairs = (word >>> 7) & (word >>> 6) & (word >>> 5) & (word >>> 4) & 0x01010101
    units += (Math.imul(pairs, 0x01010101) >>> 24) - (Math.imul(added, 0x01010101) >>> 24)
  }
  return units
}

function countUnits(bytes: Buffer): number {
  let units = 0
  for (const byte of bytes) units += byte >= 0xf0 ? 2 : (byte & 0xc0) === 0x80 ? 0 : 1
  return units
}
