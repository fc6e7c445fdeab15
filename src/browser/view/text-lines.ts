import type { BookRow } from '../../view/index.ts'

export type RowText = BookRow

/** The lines of a stream of UTF-8, as many at a time as are there, without their newlines. */
export async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<readonly string[]> {
  const reader = stream
    .pipeThrough(new TextDecoderStream('utf-8') as ReadableWritablePair<string, Uint8Array>)
    .getReader()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) break
    const lines = (rest + value).split('\n')
    rest = lines.pop()!
    if (lines.length > 0) yield lines
  }
  if (rest !== '') yield [rest]
}
