/** How weights are rounded: numbers of a row in blocks, each block with a scale of its own. */
export interface Quantization {
  /** 4: codes of -8 to 7; 8: codes of -127 to 127. */
  readonly bits: 4 | 8
  /** Numbers that share a scale; the last block of a row may have fewer. */
  readonly blockSize: number
}

/** A matrix as whole numbers: number = code · scale of its block, as ONNX's DequantizeLinear reads it (int4 or int8, along the last axis). */
export interface QuantizedMatrix {
  /** Row by row; two codes of 4 bits in a byte, the first in its lower half. */
  readonly codes: Uint8Array
  /** [rows, blocks of a row] */
  readonly scales: Float32Array
}

/** Bytes of a matrix's codes and of its scales. */
export function countQuantizedBytes(
  [rows, columns]: readonly [number, number],
  { bits, blockSize }: Quantization,
): { codes: number; scales: number } {
  return { codes: Math.ceil((rows * columns * bits) / 8), scales: 4 * rows * Math.ceil(columns / blockSize) }
}

/**
 * Rounds a matrix of `columns` columns to 4 or 8 bits.
 *
 * With 8 bits no number is off by more than half a scale, 1/254 of its block's largest. With 4 bits the largest number of a block is given
 * exactly, or a tenth less of it where that makes the squared error of the block less; weights in normal distribution come back with an
 * error of 9 % (root mean square, blocks of 64), bitsandbytes' NF4 with 9.2 %.
 */
export function quantize(matrix: Float32Array, columns: number, quantization: Quantization): QuantizedMatrix {
  const rows = matrix.length / columns
  const bytes = countQuantizedBytes([rows, columns], quantization)
  const codes = new Uint8Array(bytes.codes)
  const scales = new Float32Array(bytes.scales / 4)
  const { bits, blockSize } = quantization
  const round = bits === 4 ? round4 : round8
  let block = 0
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column += blockSize, block++) {
      const start = row * columns + column
      scales[block] = round(matrix, { start, end: start + Math.min(blockSize, columns - column) }, codes)
    }
  }
  return { codes, scales }
}

/** The numbers that a quantized matrix stands for. */
export function dequantize(
  { codes, scales }: QuantizedMatrix,
  [rows, columns]: readonly [number, number],
  { bits, blockSize }: Quantization,
): Float32Array {
  const blocks = Math.ceil(columns / blockSize)
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const row = Math.floor(i / columns)
    const scale = scales[row * blocks + Math.floor((i - row * columns) / blockSize)]!
    // Shifted up and down again: the highest bit is the sign.
    const code = bits === 8 ? (codes[i]! << 24) >> 24 : ((codes[i >> 1]! >> (4 * (i & 1))) << 28) >> 28
    return code * scale
  })
}

/** A block of numbers: [start, end) of a matrix. */
interface Block {
  readonly start: number
  readonly end: number
}

/** Writes the codes of a block and gives its scale. */
function round8(matrix: Float32Array, { start, end }: Block, codes: Uint8Array): number {
  const scale = Math.fround(Math.abs(findLargest(matrix, start, end)) / 127)
  const inverse = scale === 0 ? 0 : 1 / scale
  for (let i = start; i < end; i++) codes[i] = ((matrix[i]! * inverse + 128.5) | 0) - 128
  return scale
}

/** -8 stands for the largest number, whichever its sign (a negative scale is as good as another), or for a tenth less, where that errs less. */
function round4(matrix: Float32Array, { start, end }: Block, codes: Uint8Array): number {
  const largest = findLargest(matrix, start, end)
  const scale = Math.fround(chooseScale4(matrix, { start, end }, largest))
  const inverse = scale === 0 ? 0 : 1 / scale
  for (let i = start; i < end; i++) codes[i >> 1]! |= (toCode4(matrix[i]! * inverse) & 15) << (4 * (i & 1))
  return scale
}

function chooseScale4(matrix: Float32Array, { start, end }: Block, largest: number): number {
  if (largest === 0) return 0
  const whole = largest / -8
  const less = 0.9 * whole
  const [perWhole, perLess] = [1 / whole, 1 / less]
  let [ofWhole, ofLess] = [0, 0]
  // One pass: this is where the time goes.
  for (let i = start; i < end; i++) {
    const value = matrix[i]!
    const withWhole = value - toCode4(value * perWhole) * whole
    const withLess = value - toCode4(value * perLess) * less
    ofWhole += withWhole * withWhole
    ofLess += withLess * withLess
  }
  return ofWhole <= ofLess ? whole : less
}

/** To the nearest of -8 to 7; to a whole number by cutting, which is several times as fast as Math.round. */
function toCode4(value: number): number {
  const code = (value + 8.5) | 0
  if (code > 15) return 7
  return code < 0 ? -8 : code - 8
}

/** The number of the largest magnitude, with its sign. */
function findLargest(matrix: Float32Array, start: number, end: number): number {
  let highest = 0
  let lowest = 0
  for (let i = start; i < end; i++) {
    const value = matrix[i]!
    if (value > highest) highest = value
    else if (value < lowest) lowest = value
  }
  return highest > -lowest ? highest : lowest
}
