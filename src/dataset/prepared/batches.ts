import { countRows, sliceRows, type TokenRows } from '../token-rows.ts'

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
export function* toBatches(rows: TokenRows): Generator<TokenRows> {
  const total = countRows(rows)
  if (total === 0) yield rows
  for (let start = 0; start < total; ) {
    const end = findBatchEnd(rows.offsets, start)
    yield sliceRows(rows, start, end)
    start = end
  }
}

function findBatchEnd(offsets: Int32Array, start: number): number {
  const maxEnd = Math.min(start + BATCH_ROWS, offsets.length - 1)
  let end = start + 1
  while (end < maxEnd && offsets[end + 1]! - offsets[start]! <= BATCH_TOKENS) end++
  return end
}
