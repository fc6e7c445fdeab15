import { countRows, type TokenRows } from '../dataset/index.ts'
import type { PreparedRow } from '../page/index.ts'
import { hashNumber } from './random.ts'

/** A prepared row that a person can look at in the report. */
export interface Sample extends PreparedRow {
  /** Its place in the drawing: the smallest are kept. */
  readonly draw: number
}

/** The rows drawn so far, and how many rows they were drawn of. */
export interface Samples {
  seen: number
  rows: Sample[]
}

const SAMPLES = 10
/** Of a longer row the beginning is shown. */
const SAMPLE_TOKENS = 2000

/** Draws from further rows: ten of all, each with the same chance, and the same ones for the same seed. */
export function drawSamples(
  samples: Samples,
  rows: TokenRows,
  seed: number,
  nameRow: (r: number) => string,
): void {
  for (let r = 0; r < countRows(rows); r++) {
    const draw = hashNumber(seed, samples.seen++)
    if (samples.rows.length === SAMPLES && draw >= samples.rows[SAMPLES - 1]!.draw) continue
    const start = rows.offsets[r]!
    const end = Math.min(rows.offsets[r + 1]!, start + SAMPLE_TOKENS)
    const sample: Sample = {
      where: nameRow(r),
      tokens: rows.offsets[r + 1]! - start,
      inputIds: [...rows.inputIds.subarray(start, end)],
      labels: [...rows.labels.subarray(start, end)],
      draw,
    }
    const at = samples.rows.findIndex(other => draw < other.draw)
    samples.rows.splice(at === -1 ? samples.rows.length : at, 0, sample)
    samples.rows.length = Math.min(samples.rows.length, SAMPLES)
  }
}
