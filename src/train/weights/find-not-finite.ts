import { isFloatDtype } from './dtypes.ts'
import { readTensor } from './read-tensor.ts'
import type { TensorEntry } from './tensor-index.ts'

/** A tensor that holds NaN or infinity. */
export interface NotFinite {
  readonly entry: TensorEntry
  /** How many of its numbers are none. */
  readonly count: number
}

/** The first tensor that holds what is no number; undefined where all are whole. Reads them all, one after the other. */
export function findNotFinite(entries: Iterable<TensorEntry>): NotFinite | undefined {
  for (const entry of entries) {
    if (!isFloatDtype(entry.dtype)) continue
    const count = readTensor(entry).reduce((sum, value) => (Number.isFinite(value) ? sum : sum + 1), 0)
    if (count > 0) return { entry, count }
  }
  return undefined
}
