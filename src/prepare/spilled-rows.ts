import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { countRows, type TokenRows, toWriteError } from '../dataset/index.ts'
import { type Spilled, WORK_FOLDER } from './journal.ts'
import { shuffledIndexes } from './random.ts'
import { TokenRowsBuilder } from './token-rows-builder.ts'

const FILE = 'rows.bin'

/** Of a record before its columns: tokens of the row, and 1 where it has loss weights. */
const HEAD_INTS = 2

/** Rows of a shuffled dataset that are in shards when the window is, and the window. */
export interface ShuffledWindow {
  readonly rows: TokenRows
  readonly written: number
}

/**
 * Prepared rows that wait in a file until all are there and their order can be drawn: any order of all rows is equally likely, whatever the
 * size of the dataset. In memory are eight bytes a row.
 *
 * ```
 * record  length hasWeights │ ids … │ labels … │ weights …     (int32, int32, int32, float32)
 * ```
 */
export class SpilledRows {
  readonly #handle: FileHandle
  readonly #path: string
  #starts: number[]
  #byteLength: number

  /** @param spilled what the file holds already; what comes after that is cut off */
  static async open(folder: string, { rowCount, byteLength }: Spilled): Promise<SpilledRows> {
    const path = join(folder, WORK_FOLDER, FILE)
    try {
      const handle = await open(path, byteLength === 0 ? 'w+' : 'r+')
      await handle.truncate(byteLength)
      return new SpilledRows(handle, path, await findStarts(handle, rowCount), byteLength)
    } catch (cause) {
      throw toWriteError(cause, path)
    }
  }

  private constructor(handle: FileHandle, path: string, starts: number[], byteLength: number) {
    this.#handle = handle
    this.#path = path
    this.#starts = starts
    this.#byteLength = byteLength
  }

  get spilled(): Spilled {
    return { rowCount: this.#starts.length, byteLength: this.#byteLength, written: undefined }
  }

  /** Adds rows, and waits until they are on the disk. */
  async add(rows: TokenRows): Promise<void> {
    const records = toRecords(rows)
    for (const { length } of records) {
      this.#starts.push(this.#byteLength)
      this.#byteLength += 4 * length
    }
    const start = this.#byteLength - records.reduce((sum, record) => sum + record.byteLength, 0)
    try {
      await this.#handle.writev(records, start)
      await this.#handle.sync()
    } catch (cause) {
      throw toWriteError(cause, this.#path)
    }
  }

  /** Rows in their new order, from the given one on, in windows of at least so many tokens. */
  async *readShuffled(seed: number, written: number, windowTokens: number): AsyncGenerator<ShuffledWindow> {
    const order = shuffledIndexes(this.#starts.length, seed)
    let builder = new TokenRowsBuilder()
    for (let i = written; i < order.length; i++) {
      const { ids, labels, weights } = await this.#read(order[i]!)
      builder.add(ids, labels, weights)
      if (builder.tokenCount < windowTokens) continue
      yield { rows: builder.build(), written: i + 1 }
      builder = new TokenRowsBuilder()
    }
    if (builder.rowCount > 0) yield { rows: builder.build(), written: order.length }
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async #read(
    row: number,
  ): Promise<{ ids: Int32Array; labels: Int32Array; weights: Float32Array | undefined }> {
    const start = this.#starts[row]!
    const end = this.#starts[row + 1] ?? this.#byteLength
    const record = new Int32Array((end - start) / 4)
    await this.#handle.read(new Uint8Array(record.buffer), 0, record.byteLength, start)
    const length = record[0]!
    const ids = record.subarray(HEAD_INTS, HEAD_INTS + length)
    const labels = record.subarray(HEAD_INTS + length, HEAD_INTS + 2 * length)
    const weights =
      record[1] === 1 ? new Float32Array(record.buffer, 4 * (HEAD_INTS + 2 * length), length) : undefined
    return { ids, labels, weights }
  }
}

function toRecords(rows: TokenRows): Int32Array[] {
  return Array.from({ length: countRows(rows) }, (_, r) => {
    const start = rows.offsets[r]!
    const end = rows.offsets[r + 1]!
    const length = end - start
    const columns = rows.lossWeights === undefined ? 2 : 3
    const record = new Int32Array(HEAD_INTS + columns * length)
    record[0] = length
    record[1] = columns - 2
    record.set(rows.inputIds.subarray(start, end), HEAD_INTS)
    record.set(rows.labels.subarray(start, end), HEAD_INTS + length)
    if (rows.lossWeights !== undefined)
      new Float32Array(record.buffer).set(rows.lossWeights.subarray(start, end), HEAD_INTS + 2 * length)
    return record
  })
}

/** Where each record begins; a file of an interrupted run is gone through once. */
async function findStarts(handle: FileHandle, rowCount: number): Promise<number[]> {
  const starts: number[] = []
  const head = new Int32Array(HEAD_INTS)
  for (let start = 0; starts.length < rowCount; ) {
    starts.push(start)
    await handle.read(new Uint8Array(head.buffer), 0, head.byteLength, start)
    start += 4 * (HEAD_INTS + (2 + head[1]!) * head[0]!)
  }
  return starts
}
