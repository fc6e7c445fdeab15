import { notUtf8 } from '../../dataset/index.ts'

/** Bytes of a stream, and how many come before them. */
export interface Stretch {
  readonly bytes: Uint8Array
  readonly byteOffset: number
}

/**
 * Stretches of a stream, each of so many whole pieces as are there; the last one is what is left. A byte order mark is left out.
 *
 * @param scan looks at the next bytes, and tells how many of them are the end of a piece and whole ones after it
 */
export async function* readStretches(
  stream: ReadableStream<Uint8Array>,
  scan: (block: Uint8Array) => number,
): AsyncGenerator<Stretch> {
  // Joined when a piece ends: one of many blocks is not copied for each.
  let open: Uint8Array[] = []
  let byteOffset = 0
  const take = (more: Uint8Array): Stretch => {
    const bytes = join([...open, more])
    const isMark = byteOffset === 0 && MARK.every((byte, b) => bytes[b] === byte)
    const stretch = isMark
      ? { bytes: bytes.subarray(MARK.length), byteOffset: MARK.length }
      : { bytes, byteOffset }
    byteOffset += bytes.length
    return stretch
  }
  const reader = stream.getReader()
  for (;;) {
    const { value, done } = await reader.read()
    if (done) break
    const whole = scan(value)
    if (whole > 0) {
      yield take(value.subarray(0, whole))
      open = []
    }
    if (whole < value.length) open.push(value.subarray(whole))
  }
  const rest = take(new Uint8Array(0))
  if (rest.bytes.length > 0) yield rest
}

/** The byte order mark. */
export const MARK: readonly number[] = [0xef, 0xbb, 0xbf]

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @throws LosslineError `dataset/not-utf8`, as Node's reader has it, but for the place */
export function decodeUtf8({ bytes, byteOffset }: Stretch): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw notUtf8(bytes, { byteOffset })
  }
}
