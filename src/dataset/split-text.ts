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

/** Where the bytes of chunks lie: one buffer for each, until whoever has read the chunk gives it back. */
export interface ChunkMemory {
  /** So many bytes or more; what is in them is anything. */
  take(byteLength: number): ArrayBuffer | SharedArrayBuffer
  /** For what became no chunk. */
  give(memory: ArrayBuffer | SharedArrayBuffer): void
}

export interface SplitBlocksOptions {
  readonly chunkBytes: number
  /** Default: each chunk has its own, which can be transferred. */
  readonly memory?: ChunkMemory | undefined
}

/**
 * The chunks of a text: one for each block of `chunkBytes` in which some row ends. Bytes are read to where they stay; of each block only
 * the row that goes on in the next one is copied.
 */
export async function* splitText(
  source: ByteSource,
  scanner: RowScanner,
  { chunkBytes, memory = OWN_MEMORY }: SplitBlocksOptions,
): AsyncGenerator<Chunk> {
  let open = Buffer.from(memory.take(chunkBytes))
  let openBytes = 0
  for (let isAtEnd = false; !isAtEnd; ) {
    open = withRoom(open, openBytes, openBytes + chunkBytes, memory)
    const read = await source.fill(open.subarray(openBytes, openBytes + chunkBytes))
    isAtEnd = read < chunkBytes
    const endBytes = openBytes + read
    const takenBytes = read === 0 ? 0 : scanner.scan(open.subarray(openBytes, endBytes))
    if (takenBytes <= openBytes) {
      openBytes = endBytes
      continue
    }
    const whole = open
    openBytes = endBytes - takenBytes
    open = Buffer.from(memory.take(openBytes + chunkBytes))
    whole.copy(open, 0, takenBytes, endBytes)
    const chunk = scanner.take(whole.subarray(0, takenBytes))
    if (chunk === undefined) memory.give(whole.buffer)
    else yield chunk
  }
  source.finish(scanner.rowCount)
  const last = scanner.end(open.subarray(0, openBytes))
  if (last === undefined) memory.give(open.buffer)
  else yield last
}

/** The chunks of a text as the reads come, the earliest that can be had. */
export async function* splitTextAsRead(source: ByteSource, scanner: RowScanner): AsyncGenerator<Chunk> {
  // Joined when a row ends: one of many blocks isn't copied for each.
  let open: Buffer[] = []
  let openBytes = 0
  for await (const block of source.blocks(undefined)) {
    const taken = scanner.scan(block) - openBytes
    if (taken <= 0) {
      open.push(block)
      openBytes += block.length
      continue
    }
    const chunk = scanner.take(join([...open, block.subarray(0, taken)]))
    open = taken === block.length ? [] : [block.subarray(taken)]
    openBytes = block.length - taken
    if (chunk !== undefined) yield chunk
  }
  source.finish(scanner.rowCount)
  const last = scanner.end(join(open))
  if (last !== undefined) yield last
}

const OWN_MEMORY: ChunkMemory = {
  take: byteLength => Buffer.allocUnsafeSlow(byteLength).buffer as ArrayBuffer,
  give: () => {},
}

/** The same `byteLength` bytes with room for as many as are wanted, in good time: a row of many blocks isn't copied for each. */
function withRoom(bytes: Buffer, byteLength: number, wanted: number, memory: ChunkMemory): Buffer {
  if (bytes.length >= wanted) return bytes
  const grown = Buffer.from(memory.take(Math.max(wanted, 2 * bytes.length)))
  bytes.copy(grown, 0, 0, byteLength)
  memory.give(bytes.buffer)
  return grown
}

/** The parts in an ArrayBuffer of their own, which can be transferred. */
function join(parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) at += part.copy(bytes, at)
  return bytes
}
