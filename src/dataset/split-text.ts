import type { ByteSource } from './byte-source.ts'
import type { Chunk } from './chunk.ts'

/** Finds where the rows of a text end, block after block, without parsing them. */
export interface RowScanner {
  /** Looks at the next bytes: how many of those not yet taken are whole rows and what separates them; 0 for none. */
  scan(block: Buffer): number
  /** The chunk of those bytes, undefined where they hold no row. */
  take(bytes: Buffer): Chunk | undefined
  /** The chunk of what is left when the file ends, perhaps nothing. */
  end(rest: Buffer): Chunk | undefined
  /** Rows taken so far. */
  readonly rowCount: number
}

/** The chunks of a text: one for each block of `chunkBytes` in which some row ends. */
export async function* splitText(
  source: ByteSource,
  scanner: RowScanner,
  chunkBytes: number | undefined,
): AsyncGenerator<Chunk> {
  // Joined when a row ends: one of many blocks isn't copied for each.
  let open: Buffer[] = []
  let openBytes = 0
  for await (const block of source.blocks(chunkBytes)) {
    const taken = scanner.scan(block) - openBytes
    if (taken <= 0) {
      open.push(block)
      openBytes += block.length
      continue
    }
    const chunk = scanner.take(own([...open, block.subarray(0, taken)]))
    open = taken === block.length ? [] : [block.subarray(taken)]
    openBytes = block.length - taken
    if (chunk !== undefined) yield chunk
  }
  source.finish(scanner.rowCount)
  const last = scanner.end(own(open))
  if (last !== undefined) yield last
}

/** The parts in one ArrayBuffer of their own, which can be transferred. */
function own(parts: readonly Buffer[]): Buffer {
  const [only] = parts
  if (parts.length === 1 && only!.length === only!.buffer.byteLength) return only!
  const bytes = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) at += part.copy(bytes, at)
  return bytes
}
