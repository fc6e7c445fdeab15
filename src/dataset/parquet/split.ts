import { open } from 'node:fs/promises'
import { LosslineError } from '../../error.ts'
import type { ParquetChunk } from '../chunk.ts'
import { toFileError } from '../file-error.ts'
import { openParquet } from './open.ts'

const MAGIC = 'PAR1'

/** Row groups larger than this, unpacked, are read in parts. */
const MAX_PART_BYTES = 1 << 25

export function isParquet(head: Buffer): boolean {
  return head.toString('latin1', 0, MAGIC.length) === MAGIC
}

/**
 * The row groups of a Parquet file, small ones put together and large ones in parts, as its footer tells them; the rows are read by
 * {@link readChunk}, from the file.
 *
 * @throws LosslineError `dataset/parquet-cut`, `dataset/parquet-damaged`, `dataset/no-rows`
 */
export async function* splitParquet(path: string, chunkBytes: number): AsyncGenerator<ParquetChunk> {
  await checkFooter(path)
  const groups = await listGroups(path)
  const chunk = (
    startRow: number,
    rowCount: number,
    part: { groups: number[]; skip: number },
  ): ParquetChunk => ({
    kind: 'parquet',
    name: path,
    startRow,
    rowCount,
    rowGroups: part.groups,
    skippedRows: part.skip,
  })
  let startRow = 0
  let gathered: { groups: number[]; rowCount: number; byteLength: number } | undefined
  for (const [index, { rowCount, byteLength }] of groups.entries()) {
    const parts = Math.min(rowCount, Math.ceil(byteLength / MAX_PART_BYTES))
    if (parts <= 1) {
      gathered ??= { groups: [], rowCount: 0, byteLength: 0 }
      gathered.groups.push(index)
      gathered.rowCount += rowCount
      gathered.byteLength += byteLength
      if (gathered.byteLength < chunkBytes) continue
    }
    if (gathered !== undefined && gathered.rowCount > 0) {
      yield chunk(startRow, gathered.rowCount, { groups: gathered.groups, skip: 0 })
      startRow += gathered.rowCount
    }
    gathered = undefined
    if (parts <= 1) continue
    for (let part = 0; part < parts; part++) {
      const skip = Math.floor((rowCount * part) / parts)
      const end = Math.floor((rowCount * (part + 1)) / parts)
      yield chunk(startRow + skip, end - skip, { groups: [index], skip })
    }
    startRow += rowCount
  }
  if (gathered !== undefined && gathered.rowCount > 0) {
    yield chunk(startRow, gathered.rowCount, { groups: gathered.groups, skip: 0 })
    startRow += gathered.rowCount
  }
  if (startRow === 0) {
    const fix = 'Leave it out, or write its rows.'
    throw new LosslineError('dataset/no-rows', 'holds no rows', { where: path, fix })
  }
}

async function listGroups(path: string): Promise<{ rowCount: number; byteLength: number }[]> {
  const { file, close } = await openParquet(path)
  try {
    const metadata = file.metadata()
    return Array.from({ length: metadata.numRowGroups() }, (_, i) => {
      const group = metadata.rowGroup(i)
      return { rowCount: group.numRows(), byteLength: group.totalByteSize() }
    })
  } finally {
    close()
  }
}

/** A copy that was cut off has a beginning and no end, which is the one thing that a reader needs first. */
async function checkFooter(path: string): Promise<void> {
  const handle = await open(path).catch((cause: unknown) => {
    throw toFileError(cause, path)
  })
  try {
    const { size } = await handle.stat()
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, Math.max(0, size - 4))
    if (size >= 12 && isParquet(buffer)) return
  } finally {
    await handle.close()
  }
  const what = 'is cut: Parquet ends with a footer, and this file does not'
  const fix = 'Copy or download it again.'
  throw new LosslineError('dataset/parquet-cut', what, { where: path, fix })
}
