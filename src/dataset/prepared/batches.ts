import type { TokenRows } from '../token-rows.ts'
import type { RowSource } from './row-source.ts'

/** As many rows as `datasets` writes in one batch. */
const BATCH_ROWS = 1000
/** 4 MiB a column: who reads a file from its start holds a batch at a time. */
const BATCH_TOKENS = 1 << 20

/**
 * Rows as runs of bounded size, in order; a row of more tokens than a run may have is one of its own. No rows are one empty run: a file
 * without any has no columns, and `load_dataset` fails over it.
 *
 * Where they are cut depends on the rows alone, so that the bytes made of them do too.
 */
export function* toBatches({ offsets, slice }: RowSource): Generator<TokenRows> {
  const total = offsets.length - 1
  if (total === 0) yield slice(0, 0)
  for (let start = 0; start < total; ) {
    const end = findBatchEnd(offsets, start)
    yield slice(start, end)
    start = end
  }
}

function findBatchEnd(offsets: Int32Array, start: number): number {
  const maxEnd = Math.min(start + BATCH_ROWS, offsets.length - 1)
  let end = start + 1
  while (end < maxEnd && offsets[end + 1]! - offsets[start]! <= BATCH_TOKENS) end++
  return end
}
