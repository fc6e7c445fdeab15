import { LosslineError } from '../../error.ts'
import type { ByteSource } from '../byte-source.ts'
import type { Notice } from '../dataset-row.ts'

/** A message of an Arrow stream, as the bytes that it is, and what has to be known to pass it on. */
export type ArrowMessage =
  | { readonly kind: 'schema'; readonly bytes: Buffer }
  | {
      readonly kind: 'dictionary'
      readonly bytes: Buffer
      readonly id: bigint
      /** Adds to the dictionary of that id; else it takes its place. */
      readonly isDelta: boolean
    }
  | { readonly kind: 'records'; readonly bytes: Buffer; readonly rowCount: number }

const FILE_MAGIC = 'ARROW1'
/** The magic word and its padding; then the stream follows. */
const FILE_HEAD_BYTES = 8
const CONTINUATION = 0xffffffff
// org.apache.arrow.flatbuf.MessageHeader
const SCHEMA = 1
const DICTIONARY = 2
const RECORDS = 3

/** Whether bytes start an Arrow file, or a stream as Arrow has written it since 0.15: the mark of a message, a schema in it. */
export function isArrow(head: Buffer): boolean {
  if (isArrowFile(head)) return true
  return head.length >= 8 && head.readUInt32LE(0) === CONTINUATION && head.readInt32LE(4) > 0
}

function isArrowFile(head: Buffer): boolean {
  return head.toString('latin1', 0, FILE_MAGIC.length) === FILE_MAGIC
}

/**
 * The messages of an Arrow stream, or of an Arrow file, which is a stream between a magic word and a list of what is where: that list
 * isn't needed to read all of it.
 *
 * @param notice told of a stream that ends between two messages without the mark of its end, which some writers leave out
 * @throws LosslineError `dataset/arrow-cut` where the file ends too early
 */
export async function* readMessages(source: ByteSource, notice?: Notice): AsyncGenerator<ArrowMessage> {
  const isFile = isArrowFile(await source.look(FILE_HEAD_BYTES))
  if (isFile) source.skip(FILE_HEAD_BYTES)
  const reader = new ExactReader(source)
  while (true) {
    const mark = await reader.read(4, 'may end')
    if (mark === undefined) {
      if (isFile) throw cut(source.name)
      notice?.(`${source.name} ends without the mark that ends an Arrow stream: check that it is whole.`)
      return
    }
    const isMarked = mark.readUInt32LE(0) === CONTINUATION
    const size = isMarked ? await reader.read(4) : mark
    const metadataBytes = size.readInt32LE(0)
    if (metadataBytes === 0) return
    if (metadataBytes < 0) throw damaged(source.name)
    const metadata = await reader.read(metadataBytes)
    const header = readHeader(metadata, source.name)
    const body = await reader.read(header.bodyBytes)
    const bytes = Buffer.concat(isMarked ? [mark, size, metadata, body] : [size, metadata, body])
    if (header.type === SCHEMA) yield { kind: 'schema', bytes }
    else if (header.type === RECORDS) yield { kind: 'records', bytes, rowCount: header.rowCount }
    else if (header.type === DICTIONARY)
      yield { kind: 'dictionary', bytes, id: header.id, isDelta: header.isDelta }
  }
}

interface MessageHeader {
  readonly type: number
  readonly bodyBytes: number
  /** Of records. */
  readonly rowCount: number
  /** Of a dictionary. */
  readonly id: bigint
  readonly isDelta: boolean
}

/** What a message's flatbuffer says, by the tables of Arrow's Message.fbs. */
function readHeader(metadata: Buffer, name: string): MessageHeader {
  try {
    const message = metadata.readUInt32LE(0)
    const type = metadata.readUInt8(findField(metadata, message, 1) ?? 0)
    const bodyField = findField(metadata, message, 3)
    const headerField = findField(metadata, message, 2)!
    const header = headerField + metadata.readUInt32LE(headerField)
    const first = findField(metadata, header, 0)
    const delta = findField(metadata, header, 2)
    const isNumbered = type === RECORDS || type === DICTIONARY
    const number = isNumbered && first !== undefined ? metadata.readBigInt64LE(first) : 0n
    return {
      type,
      bodyBytes: bodyField === undefined ? 0 : Number(metadata.readBigInt64LE(bodyField)),
      rowCount: Number(number),
      id: number,
      isDelta: type === DICTIONARY && delta !== undefined && metadata.readUInt8(delta) !== 0,
    }
  } catch (cause) {
    throw damaged(name, cause)
  }
}

/** Where the field of a flatbuffer's table lies; undefined where it has its default. */
function findField(buffer: Buffer, table: number, field: number): number | undefined {
  const vtable = table - buffer.readInt32LE(table)
  const entry = 4 + 2 * field
  if (entry >= buffer.readUInt16LE(vtable)) return undefined
  const offset = buffer.readUInt16LE(vtable + entry)
  return offset === 0 ? undefined : table + offset
}

/** Reads so many bytes, however they come. */
class ExactReader {
  readonly #source: ByteSource

  constructor(source: ByteSource) {
    this.#source = source
  }

  read(byteLength: number): Promise<Buffer>
  read(byteLength: number, end: 'may end'): Promise<Buffer | undefined>
  async read(byteLength: number, end?: 'may end'): Promise<Buffer | undefined> {
    const source = this.#source
    const head = await source.look(byteLength)
    if (head.length === 0 && byteLength > 0 && end === 'may end' && !source.hasFailed) return undefined
    if (head.length < byteLength) {
      source.finish(0)
      throw cut(source.name)
    }
    const bytes = head.subarray(0, byteLength)
    source.skip(byteLength)
    return bytes
  }
}

function cut(name: string): LosslineError {
  const fix = 'Copy or download it again.'
  return new LosslineError('dataset/arrow-cut', 'ends in the middle of its Arrow data', { where: name, fix })
}

function damaged(name: string, cause?: unknown): LosslineError {
  const fix = 'Copy or download it again.'
  return new LosslineError('dataset/arrow-damaged', 'is damaged Arrow: a message has no readable header', {
    where: name,
    fix,
    cause,
  })
}
