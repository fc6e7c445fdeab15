import { LosslineError } from '../../error.ts'
import type { ByteSource } from '../byte-source.ts'
import type { ArrowChunk } from '../chunk.ts'
import type { Notice } from '../dataset-row.ts'
import { type ArrowMessage, readMessages } from './message.ts'

export interface ArrowSplitOptions {
  /** Of the file or folder, for the places of its rows. */
  readonly name: string
  readonly startRow: number
  /** Batches are put together up to this; each is a chunk of its own where that is undefined. */
  readonly chunkBytes: number | undefined
  readonly notice: Notice | undefined
}

/**
 * Arrow's record batches, not looked into, each chunk with the schema and the dictionaries that it needs.
 *
 * @throws LosslineError `dataset/arrow-…` with the rows before
 */
export async function* splitArrow(
  source: ByteSource,
  { name, startRow, chunkBytes = 0, notice }: ArrowSplitOptions,
): AsyncGenerator<ArrowChunk> {
  const needed = new NeededMessages()
  let batches: Buffer[] = []
  let byteLength = 0
  let rowCount = 0
  let row = startRow
  const take = (): ArrowChunk[] => {
    if (rowCount === 0) return []
    const bytes = own([...needed.list(), ...batches])
    const chunk: ArrowChunk = { kind: 'arrow', name, startRow: row, rowCount, bytes }
    row += rowCount
    batches = []
    byteLength = 0
    rowCount = 0
    return [chunk]
  }
  try {
    for await (const message of readMessages(source, notice)) {
      if (message.kind !== 'records') {
        // What was read so far needs the dictionaries as they were.
        yield* take()
        needed.add(message)
        continue
      }
      batches.push(message.bytes)
      byteLength += message.bytes.length
      rowCount += message.rowCount
      if (byteLength >= chunkBytes) yield* take()
    }
    await source.drain()
    source.finish(0)
  } catch (error) {
    yield* take()
    throw error instanceof LosslineError && row > startRow ? after(error, row - startRow) : error
  }
  yield* take()
}

/** The schema and the dictionaries that later batches are read with. */
export class NeededMessages {
  #schema: Buffer | undefined
  readonly #dictionaries = new Map<bigint, Buffer[]>()

  add(message: Exclude<ArrowMessage, { kind: 'records' }>): void {
    if (message.kind === 'schema') this.#schema = message.bytes
    else if (message.isDelta) this.#dictionaries.get(message.id)?.push(message.bytes)
    else this.#dictionaries.set(message.id, [message.bytes])
  }

  list(): Buffer[] {
    return [...(this.#schema === undefined ? [] : [this.#schema]), ...[...this.#dictionaries.values()].flat()]
  }
}

export function own(parts: readonly Buffer[]): ArrayBuffer {
  const bytes = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) at += part.copy(bytes, at)
  return bytes.buffer as ArrayBuffer
}

function after(error: LosslineError, rowCount: number): LosslineError {
  const { code, message, where, fix } = error
  return new LosslineError(code, `${message}, after ${rowCount.toLocaleString('en-US')} rows`, {
    ...(where !== undefined && { where }),
    ...(fix !== undefined && { fix }),
    cause: error,
  })
}
