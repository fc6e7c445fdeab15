import { Decompress } from 'fzstd'
import { LosslineError } from '../../error.ts'

type Bytes = ReadableStream<Uint8Array>

/** The bytes of a dropped file, unpacked where its beginning says that it is gzip or zstd. */
export async function openBytes(file: File): Promise<Bytes> {
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer())
  const isGzip = head[0] === 0x1f && head[1] === 0x8b
  const isZstd = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd
  if (isGzip) {
    const gunzip = new DecompressionStream('gzip') as ReadableWritablePair<Uint8Array, Uint8Array>
    return named(file.stream().pipeThrough(gunzip), 'gzip', file.name)
  }
  return isZstd ? named(file.stream().pipeThrough(unzstd()), 'zstd', file.name) : file.stream()
}

function unzstd(): TransformStream<Uint8Array, Uint8Array> {
  let stream: Decompress
  return new TransformStream({
    start(controller) {
      stream = new Decompress(block => {
        if (block.length > 0) controller.enqueue(block.slice())
      })
    },
    transform: block => stream.push(block, false),
    flush: () => stream.push(new Uint8Array(0), true),
  })
}

/** Errors of unpackers say nothing of the file. */
function named(stream: Bytes, kind: string, name: string): Bytes {
  const reader = stream.getReader()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch (cause) {
        const what = `is ${kind} that is damaged, or ends too early`
        throw new LosslineError('page/packed', what, {
          where: name,
          fix: 'Copy or download it again.',
          cause,
        })
      }
    },
    cancel: reason => reader.cancel(reason),
  })
}

/** What a stream begins with, and all of it again. */
export async function lookAhead(
  stream: Bytes,
  byteLength: number,
): Promise<{ head: Uint8Array; all: Bytes }> {
  const reader = stream.getReader()
  const blocks: Uint8Array[] = []
  let length = 0
  while (length < byteLength) {
    const { value, done } = await reader.read()
    if (done) break
    blocks.push(value)
    length += value.length
  }
  const head = new Uint8Array(await new Blob(blocks as Uint8Array<ArrayBuffer>[]).arrayBuffer())
  const all = new ReadableStream<Uint8Array>({
    start: controller => {
      if (head.length > 0) controller.enqueue(head)
    },
    async pull(controller) {
      const { value, done } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: reason => reader.cancel(reason),
  })
  return { head, all }
}
