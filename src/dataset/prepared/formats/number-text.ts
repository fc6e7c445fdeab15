const MINUS = 0x2d
const ZERO = 0x30
const COMMA = 0x2c

/**
 * Writes whole numbers as JSON, with commas between them: digits as bytes, since numbers joined to strings take three times as long.
 *
 * @param at where to write; there has to be room for 12 bytes a number
 * @returns the end of what was written
 */
export function writeInts(values: Int32Array | Int8Array, bytes: Uint8Array, at: number): number {
  let end = at
  for (let i = 0; i < values.length; i++) {
    if (i > 0) bytes[end++] = COMMA
    end = writeInt(values[i]!, bytes, end)
  }
  return end
}

function writeInt(value: number, bytes: Uint8Array, at: number): number {
  let start = at
  let left = value
  if (value < 0) {
    bytes[start++] = MINUS
    left = -value
  }
  const end = start + countDigits(left)
  for (let d = end - 1; d >= start; d--) {
    const tenth = Math.floor(left / 10)
    bytes[d] = ZERO + left - 10 * tenth
    left = tenth
  }
  return end
}

function countDigits(value: number): number {
  let digits = 1
  for (let limit = 10; value >= limit; limit *= 10) digits++
  return digits
}

/**
 * Writes float32 numbers as JSON, each in the fewest digits that give it again, with commas between them.
 *
 * @param at where to write; there has to be room for 24 bytes a number
 * @returns the end of what was written
 */
export function writeFloats(values: Float32Array, bytes: Uint8Array, at: number): number {
  let end = at
  // Weights come in runs.
  let last = Number.NaN
  let text = EMPTY
  for (let i = 0; i < values.length; i++) {
    if (i > 0) bytes[end++] = COMMA
    if (values[i] !== last) {
      last = values[i]!
      text = Buffer.from(toFloat32Text(last))
    }
    bytes.set(text, end)
    end += text.length
  }
  return end
}

const EMPTY: Uint8Array = new Uint8Array(0)

/** `0.1`, not the `0.10000000149011612` that its float64 would be; `1.0`, so that no reader takes it for a whole number. */
function toFloat32Text(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return toFloatText(short)
  }
  return toFloatText(Number(value.toPrecision(9)))
}

function toFloatText(value: number): string {
  const text = String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}
