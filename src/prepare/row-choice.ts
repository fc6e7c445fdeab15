import type { InputSpec } from './options.ts'
import { hashFraction } from './random.ts'

/** Of the next `rowCount` rows, the indexes of those that are taken, rising. */
export type Choice = (rowCount: number) => Uint32Array

/** How often an input is read, and what is taken of it each time. */
export interface Choices {
  readonly passes: number
  /** Undefined: all rows. */
  readonly choose: (pass: number) => Choice | undefined
}

/**
 * Which rows of an input are taken. Whole passes come first; of the last one a share is drawn with the seed: each row by itself for a weight,
 * exactly so many for a number of samples (Knuth's algorithm S, which reads the rows once and in order).
 *
 * @param total rows of the input; needed for `samples` alone
 */
export function chooseRows({ weight, samples }: InputSpec, total: number, seed: number): Choices {
  const whole =
    samples === undefined ? Math.floor(weight ?? 1) : total === 0 ? 0 : Math.floor(samples / total)
  const share = samples === undefined ? (weight ?? 1) - whole : samples - whole * total
  const draw = samples === undefined ? drawEach(share, seed) : drawExactly(share, total, seed)
  return {
    passes: share > 0 && (samples === undefined || total > 0) ? whole + 1 : whole,
    choose: pass => (pass < whole ? undefined : draw),
  }
}

function drawEach(share: number, seed: number): Choice {
  let row = 0
  return rowCount => select(rowCount, () => hashFraction(seed, row++) < share)
}

function drawExactly(wanted: number, total: number, seed: number): Choice {
  let row = 0
  let left = wanted
  return rowCount =>
    select(rowCount, () => {
      const isTaken = hashFraction(seed, row) * (total - row) < left
      row++
      if (isTaken) left--
      return isTaken
    })
}

function select(rowCount: number, isTaken: () => boolean): Uint32Array {
  const rows: number[] = []
  for (let i = 0; i < rowCount; i++) if (isTaken()) rows.push(i)
  return Uint32Array.from(rows)
}
