// Runs in a worker thread: parquet-wasm ends on damaged data in a way that nobody can catch, and with the thread its memory goes too.
import { open } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { ParquetFile, type RecordBatch } from 'parquet-wasm/node'
import { toBlob } from './file-blob.ts'
import type { DecodeAnswer, DecodeTask } from './protocol.ts'

const { path, size } = workerData as DecodeTask
const handle = await open(path)
const { size: byteLength } = await handle.stat()
const file = await ParquetFile.fromFile(toBlob(handle, byteLength))
const groups = listGroups(file)
const fileRows = groups.reduce((sum, { rowCount }) => sum + rowCount, 0)
const batches = decode(file)

parentPort!.on('message', async () => {
  const next = await batches.next()
  if (next.done === true) {
    post({ kind: 'end' })
    return
  }
  const rowCount = next.value.numRows
  const ipc = next.value.intoIPCStream()
  const bytes = (ipc.byteLength === ipc.buffer.byteLength ? ipc : ipc.slice()).buffer as ArrayBuffer
  post({ kind: 'batch', rowCount, rowShare: rowCount / fileRows, bytes }, [bytes])
})

async function* decode(file: ParquetFile): AsyncGenerator<RecordBatch> {
  const batchSize = 'rows' in size ? size.rows : countRowsIn(size.bytes)
  // One row group is held at a time.
  yield* (await file.stream({ batchSize, concurrency: 1 })) as unknown as AsyncIterable<RecordBatch>
}

/** How many rows of the file have about so many bytes. */
function countRowsIn(bytes: number): number {
  const groupBytes = groups.reduce((sum, group) => sum + group.byteLength, 0)
  return Math.max(1, Math.ceil((fileRows * bytes) / Math.max(1, groupBytes)))
}

function listGroups(file: ParquetFile): { rowCount: number; byteLength: number }[] {
  const metadata = file.metadata()
  return Array.from({ length: metadata.numRowGroups() }, (_, i) => {
    const group = metadata.rowGroup(i)
    return { rowCount: group.numRows(), byteLength: group.totalByteSize() }
  })
}

function post(answer: DecodeAnswer, transfers: readonly ArrayBuffer[] = []): void {
  parentPort!.postMessage(answer, transfers)
}
