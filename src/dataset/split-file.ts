import { LosslineError } from '../error.ts'
import { isArrow } from './arrow/message.ts'
import { splitArrow } from './arrow/split.ts'
import type { Chunk } from './chunk.ts'
import type { Notice } from './dataset-row.ts'
import { type OpenedFile, openFile } from './file-bytes.ts'
import type { InputFormat } from './input-format.ts'
import { isParquet, splitParquet } from './parquet/split.ts'
import { findSavedFolder, type SavedFolder } from './saved-folder.ts'
import type { ChunkMemory } from './split-text.ts'
import { splitTextFile } from './split-text-file.ts'

export interface SplitOptions {
  /** Bytes of a chunk, about: it ends with the last row that ends in them. Default: 1 MiB. */
  readonly chunkBytes?: number
  /** Taken instead of what the content tells. */
  readonly format?: InputFormat
  /** Told what was accepted although it is odd. */
  readonly notice?: Notice
  /** Told how many bytes more of the file have been read, packed as they lie in it; of Parquet in proportion to the rows. */
  readonly onBytes?: (byteLength: number) => void
  /** Where the bytes of text lie; default: each chunk has its own. Chunks of Arrow always have their own. */
  readonly memory?: ChunkMemory
}

const CHUNK_BYTES = 1 << 20

/** Enough bytes to tell what a file is. */
const HEAD_BYTES = 8

/**
 * A file (`-`: standard input), or a folder of `datasets.save_to_disk`, in runs of whole rows for {@link readChunk} to parse, here or in
 * another thread. What the file is is told by its content. Little is held at once, whatever the size of the file. Where the file ends too
 * early or is damaged, the rows before come first.
 *
 * @throws LosslineError `dataset/…` for a file that can't be read or holds no rows, `json/syntax` for JSON that can't be followed
 */
export async function* splitFile(file: string, options: SplitOptions = {}): AsyncGenerator<Chunk> {
  yield* splitInput(file, { chunkBytes: CHUNK_BYTES, ...options })
}

/** The same in chunks as the reads come, the earliest that can be had; which rows lie in which is a matter of time then. */
export async function* splitAsRead(
  file: string,
  options: Omit<SplitOptions, 'chunkBytes'>,
): AsyncGenerator<Chunk> {
  yield* splitInput(file, options)
}

async function* splitInput(file: string, options: SplitOptions): AsyncGenerator<Chunk> {
  const saved = file === '-' ? undefined : await findSavedFolder(file, options.notice)
  if (saved !== undefined) {
    yield* splitSavedFolder(saved, options)
    return
  }
  const opened = await openFile(file, file === '-' ? 'stdin' : file, options.onBytes)
  try {
    yield* splitOpened(file, opened, options)
  } finally {
    // A caller that stops early, and an error, close the file too.
    await opened.close()
  }
}

async function* splitOpened(
  file: string,
  { source, compression }: OpenedFile,
  { chunkBytes, format, notice, onBytes, memory }: SplitOptions,
): AsyncGenerator<Chunk> {
  const { name } = source
  const head = await source.look(HEAD_BYTES)
  const kind = isParquet(head) ? 'parquet' : isArrow(head) ? 'arrow' : 'text'
  if (format !== undefined) checkFormat(format, kind, name)
  switch (kind) {
    case 'parquet':
      if (file === '-' || compression !== undefined) throw notSeekable(name, compression)
      // Its own reader begins anew.
      onBytes?.(-source.head.length)
      yield* refuseNoRows(splitParquet(file, { bytes: chunkBytes ?? CHUNK_BYTES }, onBytes), name)
      return
    case 'arrow':
      yield* refuseNoRows(splitArrow(source, { name, startRow: 0, chunkBytes, notice }), name)
      return
    case 'text':
      refuseOtherKinds(source.head, name)
      yield* splitTextFile(source, { chunkBytes, format, notice, memory })
      return
    default: {
      const never: never = kind
      return never
    }
  }
}

/** The files of a saved folder are one dataset: its rows are counted through. */
async function* splitSavedFolder(
  { folder, files }: SavedFolder,
  { chunkBytes, notice, onBytes }: SplitOptions,
): AsyncGenerator<Chunk> {
  let startRow = 0
  for (const file of files) {
    const { source, close } = await openFile(file, file, onBytes)
    try {
      await source.look(HEAD_BYTES)
      source.finish(0)
      for await (const chunk of splitArrow(source, { name: folder, startRow, chunkBytes, notice })) {
        startRow = chunk.startRow + chunk.rowCount
        yield chunk
      }
    } finally {
      await close()
    }
  }
  if (startRow === 0) throw noRows(folder)
}

async function* refuseNoRows(chunks: AsyncIterable<Chunk>, name: string): AsyncGenerator<Chunk> {
  let isEmpty = true
  for await (const chunk of chunks) {
    isEmpty = false
    yield chunk
  }
  if (isEmpty) throw noRows(name)
}

function noRows(name: string): LosslineError {
  const fix = 'Leave it out, or write its rows.'
  return new LosslineError('dataset/no-rows', 'holds no rows', { where: name, fix })
}

function checkFormat(format: InputFormat, kind: 'parquet' | 'arrow' | 'text', name: string): void {
  const expected = format === 'parquet' || format === 'arrow' ? format : 'text'
  if (expected === kind) return
  const what = `is ${KIND_NAMES[kind]}, not ${format}`
  throw new LosslineError('dataset/format', what, { where: name, fix: 'Leave out {input_format}.' })
}

const KIND_NAMES = { parquet: 'Parquet', arrow: 'Arrow', text: 'text' } as const

/** A Parquet file tells at its end where everything is. */
function notSeekable(name: string, compression: string | undefined): LosslineError {
  if (compression === undefined) {
    const fix = 'Write it to a file and name that.'
    const what = "is Parquet, which can't be read from a pipe"
    return new LosslineError('dataset/not-seekable', what, { where: name, fix })
  }
  const what = `is Parquet packed with ${compression}, which can't be read in parts`
  return new LosslineError('dataset/not-seekable', what, { where: name, fix: 'Unpack it first.' })
}

const NOT_DATA = 'Write its rows as JSON lines.'

/** What a file must not be, told by its first bytes. */
const OTHER_KINDS: readonly {
  readonly start: readonly number[]
  readonly kind: string
  readonly fix: string
}[] = [
  { start: [0x50, 0x4b, 0x03, 0x04], kind: 'a zip archive', fix: 'Unpack it first.' },
  { start: [0xff, 0xfe], kind: 'UTF-16', fix: 'Save it as UTF-8.' },
  { start: [0xfe, 0xff], kind: 'UTF-16', fix: 'Save it as UTF-8.' },
  { start: [0xfd, 0x37, 0x7a, 0x58, 0x5a], kind: 'packed with xz', fix: 'Unpack it first.' },
  { start: [0x42, 0x5a, 0x68], kind: 'packed with bzip2', fix: 'Unpack it first.' },
  { start: [0x37, 0x7a, 0xbc, 0xaf], kind: 'a 7z archive', fix: 'Unpack it first.' },
  { start: [0x89, 0x50, 0x4e, 0x47], kind: 'a PNG image', fix: NOT_DATA },
  { start: [0xff, 0xd8, 0xff], kind: 'a JPEG image', fix: NOT_DATA },
  { start: [0x25, 0x50, 0x44, 0x46, 0x2d], kind: 'a PDF document', fix: NOT_DATA },
  { start: [0x89, 0x48, 0x44, 0x46], kind: 'HDF5', fix: NOT_DATA },
  { start: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], kind: 'an array of NumPy', fix: NOT_DATA },
  { start: [0x80, 0x04, 0x95], kind: 'a pickle of Python', fix: NOT_DATA },
  { start: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20], kind: 'a database of SQLite', fix: NOT_DATA },
]

/** Enough to know a text by. */
const TEXT_BYTES = 64

/** Texts that come in the place of data. */
const OTHER_TEXTS: readonly { readonly start: RegExp; readonly kind: string; readonly fix: string }[] = [
  {
    start: /^version https:\/\/git-lfs\.github\.com\/spec/,
    kind: 'a pointer of Git LFS, and not the file',
    fix: 'Fetch the file: git lfs pull.',
  },
  {
    start: /^\s*<(?:!doctype html|html)\b/i,
    kind: 'a page of HTML',
    fix: 'Download the file again: this is an answer of the server.',
  },
]

function refuseOtherKinds(head: Buffer, name: string): void {
  const other =
    OTHER_KINDS.find(({ start }) => start.every((byte, i) => head[i] === byte)) ??
    OTHER_TEXTS.find(({ start }) => start.test(head.toString('latin1', 0, TEXT_BYTES)))
  if (other === undefined) return
  const what = `is ${other.kind}; expected JSON lines, JSON or CSV in UTF-8, Parquet or Arrow, plain, gzip or zstd`
  throw new LosslineError('dataset/file-kind', what, { where: name, fix: other.fix })
}
