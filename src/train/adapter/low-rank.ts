/** A matrix by rows, with the update that an adapter gives it. */
export interface LoraWeights {
  /** [rank, inFeatures] */
  readonly a: Float32Array
  /** [outFeatures, rank] */
  readonly b: Float32Array
  readonly rank: number
  readonly scaling: number
}

/**
 * Adds scaling · B A to a base weight, in place.
 *
 * @param weight [outFeatures, inFeatures], or [inFeatures, outFeatures] with `fanInFanOut`
 */
export function addUpdate(
  weight: Float32Array,
  { a, b, rank, scaling }: LoraWeights,
  fanInFanOut: boolean,
): void {
  const [outFeatures, inFeatures] = [b.length / rank, a.length / rank]
  // The update of a weight that lies the other way is (B A)ᵀ = Aᵀ Bᵀ.
  const left = fanInFanOut ? transpose(a, rank, inFeatures) : b
  const right = fanInFanOut ? transpose(b, outFeatures, rank) : a
  const width = fanInFanOut ? outFeatures : inFeatures
  const row = new Float64Array(width)
  for (let start = 0, i = 0; start < weight.length; start += width, i++) {
    row.fill(0)
    // Two rows of the right matrix at a time: half as often is the sum read and written.
    for (let k = 0; k + 1 < rank; k += 2) {
      const [f, g] = [left[i * rank + k]! * scaling, left[i * rank + k + 1]! * scaling]
      for (let j = 0, at = k * width; j < width; j++, at++) row[j]! += f * right[at]! + g * right[at + width]!
    }
    if (rank % 2 === 1) {
      const f = left[(i + 1) * rank - 1]! * scaling
      for (let j = 0, at = (rank - 1) * width; j < width; j++, at++) row[j]! += f * right[at]!
    }
    for (let j = 0; j < width; j++) weight[start + j]! += row[j]!
  }
}

/** The length of each output's row of a weight, Float32Array[outFeatures]: what DoRA's magnitudes start as. */
export function rowNorms(weight: Float32Array, outFeatures: number, fanInFanOut: boolean): Float32Array {
  const squares = new Float64Array(outFeatures)
  const inFeatures = weight.length / outFeatures
  for (let at = 0; at < weight.length; at++) {
    const output = fanInFanOut ? at % outFeatures : Math.floor(at / inFeatures)
    squares[output]! += weight[at]! ** 2
  }
  return Float32Array.from(squares, Math.sqrt)
}

/** Scales each output's row of a weight, in place. */
export function scaleRows(weight: Float32Array, factors: Float64Array, fanInFanOut: boolean): void {
  const inFeatures = weight.length / factors.length
  for (let at = 0; at < weight.length; at++) {
    weight[at]! *= factors[fanInFanOut ? at % factors.length : Math.floor(at / inFeatures)]!
  }
}

function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const transposed = new Float32Array(matrix.length)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) transposed[j * rows + i] = matrix[i * columns + j]!
  }
  return transposed
}
