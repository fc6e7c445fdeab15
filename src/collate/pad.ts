import { LosslineError } from '../error.ts'

export interface PadOptions {
  readonly value: number
  readonly side?: 'right' | 'left'
  /** Rows are made as long as the longest; or longer, to a multiple of this. */
  readonly toMultipleOf?: number | undefined
}

/** Rows of one length, end to end in one array. */
export function padRows(
  rows: readonly ArrayLike<number>[],
  length: number,
  { value, side = 'right' }: PadOptions,
): Int32Array {
  const padded = new Int32Array(rows.length * length).fill(value)
  for (const [b, row] of rows.entries()) {
    padded.set(row, b * length + (side === 'left' ? length - row.length : 0))
  }
  return padded
}

/** The length that rows are padded to. */
export function findLength(rows: readonly ArrayLike<number>[], toMultipleOf?: number): number {
  const longest = rows.reduce((length, row) => Math.max(length, row.length), 0)
  return toMultipleOf === undefined ? longest : Math.ceil(longest / toMultipleOf) * toMultipleOf
}

/** @throws LosslineError `collate/pad-to-multiple-of` for anything but a whole number from 1 */
export function checkMultiple(toMultipleOf: number | undefined): void {
  if (toMultipleOf === undefined || (Number.isInteger(toMultipleOf) && toMultipleOf >= 1)) return
  throw new LosslineError(
    'collate/pad-to-multiple-of',
    `{pad_to_multiple_of} is ${toMultipleOf}: expected a whole number from 1.`,
    { fix: 'Give 8 for tensor cores, or leave it out.' },
  )
}

/** @throws LosslineError `collate/empty-batch` */
export function checkNotEmpty(examples: readonly unknown[]): void {
  if (examples.length > 0) return
  throw new LosslineError('collate/empty-batch', 'A batch of no examples was to be collated.', {
    fix: 'Give at least one example.',
  })
}
