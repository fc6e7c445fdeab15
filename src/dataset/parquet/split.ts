import { open } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { LosslineError } from '../../error.ts'
import type { ArrowChunk } from '../chunk.ts'
import { toFileError } from '../file-error.ts'
import type { BatchSize, DecodeAnswer, DecodeTask } from './protocol.ts'

const MAGIC = 'PAR1'
/** The magic word at both ends, and the length of the footer. */
const MIN_BYTES = 12
const FIX = 'Copy or download it again.'

export function isParquet(head: Buffer): boolean {
  return head.toString('latin1', 0, MAGIC.length) === MAGIC
}

/**
 * The rows of a Parquet file as record batches of Arrow. A thread of its own decodes them, a row group at a time and a batch ahead, at
 * several times the speed at which the rows are used.
 *
 * @param onBytes told of each batch's share of the file's bytes
 * @throws LosslineError `dataset/parquet-cut`, `dataset/parquet-damaged` with the rows before
 */
export async function* splitParquet(
  path: string,
  size: BatchSize,
  onBytes?: (byteLength: number) => void,
): AsyncGenerator<ArrowChunk> {
  const byteLength = await checkEnds(path)
  const task: DecodeTask = { path, size }
  const decoder = new Decoder(task)
  let startRow = 0
  try {
    let answer = decoder.next()
    while (true) {
      const batch = await answer
      if (batch.kind === 'end') return
      answer = decoder.next()
      // Awaited in the next turn; a caller that stops before has no use for its error.
      answer.catch(() => {})
      const { rowCount, rowShare, bytes } = batch
      onBytes?.(byteLength * rowShare)
      yield { kind: 'arrow', name: path, startRow, rowCount, bytes }
      startRow += rowCount
    }
  } catch (cause) {
    const after = startRow === 0 ? '' : `, after ${startRow.toLocaleString('en-US')} rows`
    const message = cause instanceof Error ? cause.message : String(cause)
    // What Rust says of a panic is of no help to anyone.
    const reason = message === 'unreachable' ? '' : ` (${message.replace(/\s+/g, ' ').slice(0, 120)})`
    const what = `is damaged Parquet${reason}${after}`
    throw new LosslineError('dataset/parquet-damaged', what, { where: path, fix: FIX, cause })
  } finally {
    await decoder.close()
  }
}

/** The thread that decodes, asked for one batch after another. */
class Decoder {
  readonly #worker: Worker
  #error: unknown
  // A race with a promise of the whole thread would hold every batch until its end.
  #pending: { resolve(answer: DecodeAnswer): void; reject(error: unknown): void } | undefined

  constructor(task: DecodeTask) {
    const url = new URL(import.meta.url.replace(/split\.([jt]s)/, 'worker.$1'))
    this.#worker = new Worker(url, { workerData: task })
    this.#worker.on('message', (answer: DecodeAnswer) => this.#pending?.resolve(answer))
    this.#worker.on('error', error => {
      this.#error = error
      this.#pending?.reject(error)
    })
  }

  next(): Promise<DecodeAnswer> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject }
      if (this.#error === undefined) this.#worker.postMessage('next')
      else reject(this.#error)
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}

/** A copy that was cut off has a beginning and no end, which is the one thing that a reader needs first. Gives its length. */
async function checkEnds(path: string): Promise<number> {
  const handle = await open(path).catch((cause: unknown) => {
    throw toFileError(cause, path)
  })
  try {
    const { size } = await handle.stat()
    const isMagicAt = async (position: number): Promise<boolean> => {
      const { buffer } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, position)
      return isParquet(buffer)
    }
    if (!(await isMagicAt(0))) {
      const what = `is no Parquet: it does not start with ${MAGIC}`
      throw new LosslineError('dataset/not-parquet', what, { where: path, fix: 'Check its name.' })
    }
    if (size >= MIN_BYTES && (await isMagicAt(size - MAGIC.length))) return size
  } finally {
    await handle.close()
  }
  const what = 'is cut: Parquet ends with a footer, and this file does not'
  throw new LosslineError('dataset/parquet-cut', what, { where: path, fix: FIX })
}
