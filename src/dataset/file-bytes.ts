import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { LosslineError } from '../error.ts'
import { toFileError } from './file-error.ts'

/** Bytes in one read; lines are cut out of it, so it should hold some. */
const READ_BYTES = 1 << 20

/** What a file must not be, told by its first bytes. */
const OTHER_KINDS: readonly {
  readonly start: readonly number[]
  readonly kind: string
  readonly fix: string
}[] = [
  { start: [0x28, 0xb5, 0x2f, 0xfd], kind: 'zstd', fix: 'Unpack it first: zstd -d FILE.' },
  { start: [0x50, 0x41, 0x52, 0x31], kind: 'Parquet', fix: 'Write it as JSON lines.' },
  { start: [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], kind: 'Arrow', fix: 'Write it as JSON lines.' },
  { start: [0x50, 0x4b, 0x03, 0x04], kind: 'a zip archive', fix: 'Unpack it first.' },
  { start: [0xff, 0xfe], kind: 'UTF-16', fix: 'Save it as UTF-8.' },
  { start: [0xfe, 0xff], kind: 'UTF-16', fix: 'Save it as UTF-8.' },
]

/**
 * The bytes of a file (`-`: of standard input), unpacked where they are gzip, whatever the name says.
 *
 * @throws LosslineError `dataset/…`: no such file, a folder, no permission, gzip that is cut or damaged, another kind of file
 */
export async function* readBytes(file: string, name: string): AsyncGenerator<Buffer> {
  const source: Readable =
    file === '-' ? process.stdin : createReadStream(file, { highWaterMark: READ_BYTES })
  try {
    let first = true
    for await (const block of gunzipped(source)) {
      if (first) refuseOtherKinds(block, name)
      first = false
      yield block
    }
  } catch (cause) {
    throw cause instanceof LosslineError ? cause : toFileError(cause, name)
  } finally {
    source.destroy()
  }
}

async function* gunzipped(source: Readable): AsyncGenerator<Buffer> {
  const blocks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const head = await readHead(blocks)
  if (head === undefined) return
  const whole = restOf(head, blocks)
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* whole
    return
  }
  const gunzip = createGunzip({ chunkSize: READ_BYTES })
  // An error on either side destroys both; reading the gunzip throws it.
  pipeline(Readable.from(whole), gunzip, () => {})
  yield* gunzip as AsyncIterable<Buffer>
}

/** The first bytes, at least two where there are two: enough to tell gzip from text. */
async function readHead(blocks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  let head: Buffer | undefined
  while (head === undefined || head.length < 2) {
    const next = await blocks.next()
    if (next.done === true) return head
    head = head === undefined ? next.value : Buffer.concat([head, next.value])
  }
  return head
}

async function* restOf(head: Buffer, blocks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  for (let next = await blocks.next(); next.done !== true; next = await blocks.next()) yield next.value
}

function refuseOtherKinds(head: Buffer, name: string): void {
  const other = OTHER_KINDS.find(({ start }) => start.every((byte, i) => head[i] === byte))
  if (other === undefined) return
  const what = `is ${other.kind}; expected JSON lines or JSON in UTF-8, plain or gzip`
  throw new LosslineError('dataset/file-kind', what, { where: name, fix: other.fix })
}
