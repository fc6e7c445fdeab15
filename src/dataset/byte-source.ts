import { LosslineError } from '../error.ts'
import { toFileError } from './file-error.ts'

/**
 * The bytes of a file, block after block, of which the beginning can be looked at first. An error waits until the bytes before it are
 * used: the rows that are whole come out, and then `finish` throws it.
 */
export class ByteSource {
  /** For errors; `stdin` for standard input. */
  readonly name: string
  readonly #blocks: AsyncIterator<Buffer>
  #head: Buffer = Buffer.alloc(0)
  #byteOffset = 0
  #atEnd = false
  #error: LosslineError | undefined

  constructor(blocks: AsyncIterable<Buffer>, name: string) {
    this.#blocks = blocks[Symbol.asyncIterator]()
    this.name = name
  }

  /** What was read ahead. */
  get head(): Buffer {
    return this.#head
  }

  /** Bytes of the file before the head. */
  get byteOffset(): number {
    return this.#byteOffset
  }

  /** Whether nothing comes after the head: the file ends, or can't be read on. */
  get atEnd(): boolean {
    return this.#atEnd
  }

  /** Whether the bytes end because of an error, which `finish` throws. */
  get hasFailed(): boolean {
    return this.#error !== undefined
  }

  /** Reads ahead until the head has so many bytes, or the file ends. */
  async look(byteLength: number): Promise<Buffer> {
    const parts = [this.#head]
    let missing = byteLength - this.#head.length
    while (missing > 0 && !this.#atEnd) {
      const block = await this.#next()
      if (block === undefined) break
      parts.push(block)
      missing -= block.length
    }
    // Joined once: a head of many blocks isn't copied for each.
    if (parts.length > 1) this.#head = Buffer.concat(parts)
    return this.#head
  }

  /** Leaves out the first bytes of the head. */
  skip(byteLength: number): void {
    this.#head = this.#head.subarray(byteLength)
    this.#byteOffset += byteLength
  }

  /** Copies the next bytes: as many as there is room for, less only where they end. How they come, in reads of a pipe, is no matter. */
  async fill(room: Buffer): Promise<number> {
    let filled = 0
    while (filled < room.length) {
      if (this.#head.length === 0) {
        const block = await this.#next()
        if (block === undefined) break
        this.#head = block
      }
      const copied = this.#head.copy(room, filled)
      filled += copied
      this.skip(copied)
    }
    return filled
  }

  /** All bytes, in blocks of exactly `byteLength` but for the last; as they come where that is undefined. */
  async *blocks(byteLength: number | undefined): AsyncGenerator<Buffer> {
    if (byteLength === undefined) yield* this.#rest()
    else yield* this.#recut(byteLength)
  }

  async *#recut(byteLength: number): AsyncGenerator<Buffer> {
    while (true) {
      const block = Buffer.allocUnsafeSlow(byteLength)
      const filled = await this.fill(block)
      if (filled > 0) yield block.subarray(0, filled)
      if (filled < byteLength) return
    }
  }

  async *#rest(): AsyncGenerator<Buffer> {
    const head = this.#head
    this.skip(head.length)
    if (head.length > 0) yield head
    for (let block = await this.#next(); block !== undefined; block = await this.#next()) yield block
  }

  /** Reads to the end, for the errors that wait there: a checksum that is wrong, packed data that is cut. */
  async drain(): Promise<void> {
    this.skip(this.#head.length)
    let block = await this.#next()
    while (block !== undefined) block = await this.#next()
  }

  /**
   * To be called where the bytes end.
   *
   * @param rowCount rows that were read, for the error
   * @throws LosslineError when the bytes ended because of an error
   */
  finish(rowCount: number): void {
    if (this.#error === undefined) return
    const { code, message, fix, where, cause } = this.#error
    const reached = rowCount === 0 ? '' : `, after ${rowCount.toLocaleString('en-US')} rows`
    throw new LosslineError(code, `${message}${reached}`, {
      ...(where !== undefined && { where }),
      ...(fix !== undefined && { fix }),
      cause: cause ?? this.#error,
    })
  }

  async #next(): Promise<Buffer | undefined> {
    if (this.#atEnd) return undefined
    try {
      const next = await this.#blocks.next()
      if (next.done !== true) return next.value
    } catch (cause) {
      this.#error = cause instanceof LosslineError ? cause : toFileError(cause, this.name)
    }
    this.#atEnd = true
    return undefined
  }

  async close(): Promise<void> {
    await this.#blocks.return?.()
  }
}
