import { LosslineError } from '../../error.ts'
import type { BookRow } from '../../view/index.ts'
import { decodeUtf8, readStretches, type Stretch } from './byte-stream.ts'

export type RowText = BookRow

/** A line without its newline, or what is wrong with its bytes. */
export type Line = string | LosslineError

const NEWLINE = 0x0a

/** The lines of a stream of UTF-8, as many at a time as are there. */
export async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<readonly Line[]> {
  for await (const stretch of readStretches(stream, block => block.lastIndexOf(NEWLINE) + 1)) {
    yield toLines(stretch)
  }
}

function toLines(stretch: Stretch): Line[] {
  const text = decode(stretch)
  if (typeof text !== 'string') return [...toLinesOneByOne(stretch)]
  const lines = text.split('\n')
  // Behind the last newline there is no line.
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function* toLinesOneByOne({ bytes, byteOffset }: Stretch): Generator<Line> {
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 ? bytes.length : newline
    yield decode({ bytes: bytes.subarray(start, end), byteOffset: byteOffset + start })
    start = end + 1
  }
}

function decode(stretch: Stretch): Line {
  try {
    return decodeUtf8(stretch)
  } catch (error) {
    if (error instanceof LosslineError) return error
    throw error
  }
}
