import type { ByteSource } from './byte-source.ts'
import type { Chunk } from './chunk.ts'
import { RecordScanner } from './csv/split.ts'
import type { Notice } from './dataset-row.ts'
import { detectText, readDocumentHead } from './detect.ts'
import type { InputFormat } from './input-format.ts'
import { toDocument } from './json/document.ts'
import { ItemScanner } from './json/split.ts'
import { LineScanner } from './lines/split.ts'
import { type ChunkMemory, type RowScanner, splitText, splitTextAsRead } from './split-text.ts'

export interface SplitTextOptions {
  /** undefined: chunks as the reads come. */
  readonly chunkBytes: number | undefined
  /** undefined: told by the content. */
  readonly format: InputFormat | undefined
  readonly notice: Notice | undefined
  /** Default: each chunk has its own. */
  readonly memory?: ChunkMemory | undefined
}

/** The chunks of a file of text: JSON lines, JSON or CSV. */
export async function* splitTextFile(source: ByteSource, options: SplitTextOptions): AsyncGenerator<Chunk> {
  const { name } = source
  if (await skipMark(source)) options.notice?.(`${name} starts with a byte order mark, which is skipped.`)
  const layout = await detectText(source, options.format)
  const { byteOffset } = source
  const splitBy = (scanner: RowScanner): AsyncGenerator<Chunk> => {
    const { chunkBytes, memory } = options
    return chunkBytes === undefined
      ? splitTextAsRead(source, scanner)
      : splitText(source, scanner, { chunkBytes, memory })
  }
  switch (layout.kind) {
    case 'lines':
      yield* splitBy(new LineScanner(name, byteOffset))
      return
    case 'list':
      yield* splitBy(new ItemScanner(name, byteOffset))
      return
    case 'document':
      yield toDocument(await readDocumentHead(source), { name, byteOffset })
      return
    case 'csv':
      yield* splitBy(new RecordScanner(name, byteOffset, layout.delimiter))
      return
    default: {
      const never: never = layout
      return never
    }
  }
}

async function skipMark(source: ByteSource): Promise<boolean> {
  const head = await source.look(3)
  const isMark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
  if (isMark) source.skip(3)
  return isMark
}
