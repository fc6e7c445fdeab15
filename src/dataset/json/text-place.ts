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

function countUtf16(bytes: Buffer): number {
  // Decoding is native and faster than a loop over the bytes.
  return bytes.toString('utf8').length
}
