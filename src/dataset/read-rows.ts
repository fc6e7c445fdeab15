import { constants } from 'node:buffer'
import { LosslineError } from '../error.ts'
import { parseJson } from '../json/index.ts'
import type { DatasetRow, Notice } from './dataset-row.ts'
import { parseDocument } from './document.ts'
import { readBytes } from './file-bytes.ts'
import { isBlank, readLines } from './lines.ts'
import { decodeUtf8 } from './utf8.ts'

export interface ReadOptions {
  /** Told what was accepted although it is odd. */
  readonly notice?: Notice
}

/**
 * The rows of a file of JSON lines or of one JSON document (a list of rows, or a single one), told apart by what is in it; plain or gzip;
 * `-` is standard input. JSON lines are streamed; a document is held whole, up to 512 MB.
 *
 * @throws LosslineError `dataset/…` for a file that can't be read or holds no rows, `json/syntax` for a document that is no JSON;
 *   a broken line of JSON lines is a row of kind `broken` instead
 */
export async function* readRows(file: string, options: ReadOptions = {}): AsyncGenerator<DatasetRow> {
  const name = file === '-' ? 'stdin' : file
  const blocks = readBytes(file, name)
  try {
    const opening = await readOpening(blocks)
    if (opening.byteOffset > 0) options.notice?.(`${name} starts with a byte order mark, which is skipped.`)
    yield* readOpened(opening, blocks, name)
  } finally {
    // A caller that stops early, and an error, close the file too.
    await blocks.return(undefined)
  }
}

async function* readOpened(
  opening: Opening,
  blocks: AsyncIterableIterator<Buffer>,
  name: string,
): AsyncGenerator<DatasetRow> {
  const { line, byteOffset } = opening
  if (line === undefined) {
    const fix = 'Write a row a line, as JSON.'
    throw new LosslineError('dataset/empty', 'is empty; expected JSON lines or JSON', { where: name, fix })
  }
  if (isObject(line)) {
    yield* readLines(chain(opening.blocks, blocks), { name, byteOffset })
    return
  }
  const whole = await readWhole(opening.blocks, blocks)
  if (whole === undefined) {
    if (startsList(line)) throw tooLarge(name)
    yield* readLines(chain(opening.blocks, blocks), { name, byteOffset })
  } else if (isLines(whole, line, name)) {
    yield* readLines(chain([whole], blocks), { name, byteOffset })
  } else {
    yield* parseDocument(decodeUtf8(whole, { where: name, byteOffset }), name)
  }
}

/** The beginning of a file: enough to tell what it is. */
interface Opening {
  /** What was read so far, without the byte order mark. `readWhole` adds to it. */
  readonly blocks: Buffer[]
  /** Bytes of the byte order mark: 3 or 0. */
  readonly byteOffset: number
  /** The first line that isn't blank. */
  readonly line: string | undefined
}

async function readOpening(source: AsyncIterator<Buffer>): Promise<Opening> {
  const blocks: Buffer[] = []
  let byteLength = 0
  while (true) {
    const next = await source.next()
    if (next.done !== true) {
      blocks.push(next.value)
      byteLength += next.value.length
    }
    const tooLong = byteLength > constants.MAX_STRING_LENGTH
    // A line may be a whole document, of many blocks: they are joined only when it ends.
    if (next.done !== true && !next.value.includes(0x0a) && !tooLong) continue
    const bytes = Buffer.concat(blocks)
    const byteOffset = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
    const text = bytes.subarray(byteOffset, tooLong ? LOOK_BYTES : undefined).toString('utf8')
    const lines = text.split('\n')
    const complete = next.done === true || tooLong ? lines : lines.slice(0, -1)
    const line = complete.find(candidate => !isBlank(candidate))
    if (line === undefined && next.done !== true) continue
    return { blocks: [bytes.subarray(byteOffset)], byteOffset, line }
  }
}

/** Of a line that no string can hold, this much is looked at. */
const LOOK_BYTES = 1 << 16

/** All bytes, or undefined when they are too many for one string; then `blocks` holds what was read. */
async function readWhole(blocks: Buffer[], source: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  let byteLength = blocks.reduce((sum, block) => sum + block.length, 0)
  while (byteLength <= constants.MAX_STRING_LENGTH) {
    const next = await source.next()
    if (next.done === true) return Buffer.concat(blocks)
    blocks.push(next.value)
    byteLength += next.value.length
  }
  return undefined
}

/**
 * Whether a file whose first line is no whole object is JSON lines all the same. A name says so; else that the file as a whole
 * is no JSON, while its second line is a row.
 */
function isLines(whole: Buffer, firstLine: string, name: string): boolean {
  const namedLines = /\.(jsonl|ndjson)(\.gz)?$/i.test(name)
  if (startsList(firstLine) && !namedLines) return false
  const text = whole.toString('utf8')
  if (isJson(text)) return namedLines && !/^\s*[[{]/.test(text)
  if (namedLines) return true
  const second = text.split('\n').filter(line => !isBlank(line))[1]
  return second !== undefined && isObject(second)
}

function startsList(line: string): boolean {
  return line.trimStart().startsWith('[')
}

function isObject(line: string): boolean {
  return line.trimStart().startsWith('{') && isJson(line)
}

function isJson(text: string): boolean {
  try {
    parseJson(text)
    return true
  } catch {
    return false
  }
}

function tooLarge(name: string): LosslineError {
  const what = 'is one JSON list of more than 512 MB, which would have to be held whole'
  const fix = `Write it as JSON lines: jq -c '.[]' ${name}`
  return new LosslineError('dataset/too-large', what, { where: name, fix })
}

async function* chain(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first
  yield* rest
}
