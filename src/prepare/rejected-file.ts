import { type FileHandle, open, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { toWriteError } from '../dataset/index.ts'
import type { Reject } from './prepared-chunk.ts'

export const REJECTED = 'rejected.jsonl'

/** rejected.jsonl: a line for each row that can't be used, written as they come; none is kept in memory. */
export class RejectedFile {
  readonly #path: string
  #handle: FileHandle | undefined
  byteLength: number

  /** @param byteLength of the lines that are there already and stay; what comes after them is cut off */
  static async open(folder: string, byteLength: number): Promise<RejectedFile> {
    const path = join(folder, REJECTED)
    if (byteLength === 0) await rm(path, { force: true })
    else await truncate(path, byteLength)
    return new RejectedFile(path, byteLength)
  }

  private constructor(path: string, byteLength: number) {
    this.#path = path
    this.byteLength = byteLength
  }

  /** @throws LosslineError when it can't be written */
  async add(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return
    const bytes = Buffer.from(rejects.map(toLine).join(''))
    try {
      this.#handle ??= await open(this.#path, 'a')
      await this.#handle.appendFile(bytes)
    } catch (cause) {
      throw toWriteError(cause, this.#path)
    }
    this.byteLength += bytes.length
  }

  /** Waits until all is on the disk. */
  async sync(): Promise<void> {
    await this.#handle?.sync()
  }

  async close(): Promise<void> {
    await this.#handle?.close()
    this.#handle = undefined
  }
}

function toLine({ file, row, code, reason, json }: Reject): string {
  const head = JSON.stringify({ file, row, code, reason })
  return `${head.slice(0, -1)},"data":${json ?? 'null'}}\n`
}
