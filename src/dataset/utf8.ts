import { isUtf8 } from 'node:buffer'
import { notUtf8 } from './not-utf8.ts'

/**
 * The text of UTF-8 bytes.
 *
 * @param at where the bytes stand: their place in words, and how many bytes of the file come before them
 * @throws LosslineError `dataset/not-utf8` with the first byte that is wrong
 */
export function decodeUtf8(bytes: Buffer, at: { where: string; byteOffset: number }): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  throw notUtf8(bytes, at)
}

/** The same bytes with what a Buffer can do, which is lost on the way between threads. */
export function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
