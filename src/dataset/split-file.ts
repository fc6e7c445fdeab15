import { LosslineError } from '../error.ts'
import type { ByteSource } from './byte-source.ts'
import type { Chunk } from './chunk.ts'
import type { Notice } from './dataset-row.ts'
import { detectText } from './detect.ts'
import { openFile } from './file-bytes.ts'
import { toDocument } from './json/document.ts'
import { ItemScanner } from './json/split.ts'
import { LineScanner } from './lines/split.ts'
import { splitText } from './split-text.ts'

export interface SplitOptions {
  /** Bytes of a chunk, about: it ends with the last row that ends in them. Default: 1 MiB. */
  readonly chunkBytes?: number
  /** Told what was accepted although it is odd. */
  readonly notice?: Notice
}

const CHUNK_BYTES = 1 << 20

/**
 * A file (`-`: standard input) in runs of whole rows, for {@link readChunk} to parse, here or in another thread. What the file is is told
 * by its content. Little is held at once, whatever the size of the file.
 *
 * @throws LosslineError `dataset/…` for a file that can't be read or holds no rows, `json/syntax` for JSON that can't be followed
 */
export async function* splitFile(file: string, options: SplitOptions = {}): AsyncGenerator<Chunk> {
  yield* splitOpened(file, { chunkBytes: CHUNK_BYTES, ...options })
}

/** The same in chunks as the reads come, the earliest that can be had; which rows lie in which is a matter of time then. */
export async function* splitAsRead(file: string, options: { notice?: Notice }): AsyncGenerator<Chunk> {
  yield* splitOpened(file, options)
}

async function* splitOpened(file: string, options: SplitOptions): AsyncGenerator<Chunk> {
  const name = file === '-' ? 'stdin' : file
  const { source, close } = await openFile(file, name)
  try {
    refuseOtherKinds(await source.look(4), name)
    if (await skipMark(source)) options.notice?.(`${name} starts with a byte order mark, which is skipped.`)
    yield* splitDetected(source, options.chunkBytes)
  } finally {
    // A caller that stops early, and an error, close the file too.
    await close()
  }
}

async function* splitDetected(source: ByteSource, chunkBytes: number | undefined): AsyncGenerator<Chunk> {
  const { name } = source
  const layout = await detectText(source)
  const { byteOffset } = source
  switch (layout) {
    case 'lines':
      yield* splitText(source, new LineScanner(name, byteOffset), chunkBytes)
      return
    case 'list':
      yield* splitText(source, new ItemScanner(name, byteOffset), chunkBytes)
      return
    case 'document':
      yield toDocument(Buffer.from(new Uint8Array(source.head).buffer), { name, byteOffset })
      return
    default: {
      const never: never = layout
      return never
    }
  }
}

/** What a file must not be, told by its first bytes. */
const OTHER_KINDS: readonly {
  readonly start: readonly number[]
  readonly kind: string
  readonly fix: string
}[] = [
  { start: [0x50, 0x41, 0x52, 0x31], kind: 'Parquet', fix: 'Write it as JSON lines.' },
  { start: [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], kind: 'Arrow', fix: 'Write it as JSON lines.' },
  { start: [0x50, 0x4b, 0x03, 0x04], kind: 'a zip archive', fix: 'Unpack it first.' },
  { start: [0xff, 0xfe], kind: 'UTF-16', fix: 'Save it as UTF-8.' },
  { start: [0xfe, 0xff], kind: 'UTF-16', fix: 'Save it as UTF-8.' },
]

function refuseOtherKinds(head: Buffer, name: string): void {
  const other = OTHER_KINDS.find(({ start }) => start.every((byte, i) => head[i] === byte))
  if (other === undefined) return
  const what = `is ${other.kind}; expected JSON lines or JSON in UTF-8, plain or gzip`
  throw new LosslineError('dataset/file-kind', what, { where: name, fix: other.fix })
}

async function skipMark(source: ByteSource): Promise<boolean> {
  const head = await source.look(3)
  const isMark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
  if (isMark) source.skip(3)
  return isMark
}
