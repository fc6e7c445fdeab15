import type { Batch } from './batch.ts'

/** Where sequences begin in a row without padding, read off the positions: each begins at a 0. */
export function findBoundaries(
  positionIds: Int32Array,
): Required<Pick<Batch, 'cuSeqLensQ' | 'cuSeqLensK' | 'maxLengthQ' | 'maxLengthK'>> {
  const starts: number[] = []
  for (let t = 0; t < positionIds.length; t++) if (positionIds[t] === 0) starts.push(t)
  const cuSeqLens = Int32Array.from([...starts, positionIds.length])
  let maxLength = 0
  for (let s = 0; s < starts.length; s++) maxLength = Math.max(maxLength, cuSeqLens[s + 1]! - cuSeqLens[s]!)
  return { cuSeqLensQ: cuSeqLens, cuSeqLensK: cuSeqLens, maxLengthQ: maxLength, maxLengthK: maxLength }
}

/** A model predicts a token from those before it: nothing predicts a sequence's first, so its label goes. */
export function maskFirstTokens(labels: Int32Array, positionIds: Int32Array, ignoreIndex: number): void {
  for (let t = 0; t < labels.length; t++) if (positionIds[t] === 0) labels[t] = ignoreIndex
}

/** Arrays end to end in one. */
export function concatenate(arrays: readonly ArrayLike<number>[]): Int32Array {
  const whole = new Int32Array(arrays.reduce((length, array) => length + array.length, 0))
  let at = 0
  for (const array of arrays) {
    whole.set(array, at)
    at += array.length
  }
  return whole
}
