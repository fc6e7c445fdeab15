import { LosslineError } from '../../error.ts'
import type { ByteSource } from '../byte-source.ts'

const PACKED_BYTES = 1 << 16

export function isZstd(head: Uint8Array): boolean {
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd
}

/**
 * The content of zstd, of all its frames.
 *
 * @throws LosslineError `dataset/zstd-cut`, `dataset/zstd-damaged`, after what was unpacked before
 */
export async function* unpackZstd(packed: ByteSource): AsyncGenerator<Buffer> {
  const { Decompress } = await import('fzstd')
  const unpacked: Uint8Array[] = []
  const stream = new Decompress(block => unpacked.push(block))
  const push = (block: Uint8Array, isLast: boolean): LosslineError | undefined => {
    try {
      stream.push(block, isLast)
      return undefined
    } catch (cause) {
      return toZstdError(cause, packed.name, isLast)
    }
  }
  const take = (): Buffer[] =>
    unpacked
      .splice(0)
      .filter(block => block.length > 0)
      .map(block => Buffer.from(block.buffer, block.byteOffset, block.byteLength))
  for await (const block of packed.blocks(PACKED_BYTES)) {
    const error = push(block, false)
    yield* take()
    if (error !== undefined) throw error
  }
  packed.finish(0)
  const error = push(new Uint8Array(0), true)
  yield* take()
  if (error !== undefined) throw error
}

function toZstdError(cause: unknown, name: string, isLast: boolean): LosslineError {
  const at = { where: name, cause, fix: 'Copy or download it again.' }
  if (isLast) return new LosslineError('dataset/zstd-cut', 'ends in the middle of its zstd data', at)
  const message = cause instanceof Error ? cause.message : String(cause)
  return new LosslineError('dataset/zstd-damaged', `is damaged zstd (${message})`, at)
}
