// Runs in a worker thread: parquet-wasm ends on damaged data in a way that nobody can catch, and with the thread its memory goes too.
import { open } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { ParquetFile, type RecordBatch } from 'parquet-wasm/node'
import { toBlob } from './file-blob.ts'
import type { DecodeAnswer, DecodeTask } from './protocol.ts'

const { path, batchBytes } = workerData as DecodeTask
const handle = await open(path)
const { size } = await handle.stat()
const batches = decode(await ParquetFile.fromFile(toBlob(handle, size)))

parentPort!.on('message', async () => {
  const next = await batches.next()
  if (next.done === true) {
    post({ kind: 'end' })
    return
  }
  const rowCount = next.value.numRows
  const ipc = next.value.intoIPCStream()
  const bytes = (ipc.byteLength === ipc.buffer.byteLength ? ipc : ipc.slice()).buffer as ArrayBuffer
  post({ kind: 'batch', rowCount, bytes }, [bytes])
})

async function* decode(file: ParquetFile): AsyncGenerator<RecordBatch> {
  const metadata = file.metadata()
  let rowCount = 0
  let byteLength = 0
  for (let i = 0; i < metadata.numRowGroups(); i++) {
    const group = metadata.rowGroup(i)
    rowCount += group.numRows()
    byteLength += group.totalByteSize()
  }
  const batchSize = Math.max(1, Math.ceil((rowCount * batchBytes) / Math.max(1, byteLength)))
  // One row group is held at a time.
  yield* (await file.stream({ batchSize, concurrency: 1 })) as unknown as AsyncIterable<RecordBatch>
}

function post(answer: DecodeAnswer, transfers: readonly ArrayBuffer[] = []): void {
  parentPort!.postMessage(answer, transfers)
}
