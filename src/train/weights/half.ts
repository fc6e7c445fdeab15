/** Numbers of 16 bits as their bit patterns, to float32 and back; rounding is to nearest, ties to even, as PyTorch's. */

const FLOAT = new Float32Array(1)
const BITS = new Uint32Array(FLOAT.buffer)

/** bfloat16 is the upper half of a float32. Writes `halves.length` numbers into `floats` from `start`. */
export function decodeBfloat16(halves: Uint16Array, floats: Float32Array, start = 0): void {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length)
  for (let i = 0; i < halves.length; i++) bits[start + i] = halves[i]! << 16
}

/** A NaN stays one. */
export function encodeBfloat16(floats: Float32Array, halves: Uint16Array): void {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length)
  for (let i = 0; i < floats.length; i++) {
    const word = bits[i]!
    // Rounding would carry the payload of a NaN into its exponent and make an infinity or a zero of it.
    const isNumber = (word & 0x7fffffff) <= 0x7f800000
    halves[i] = isNumber ? (word + 0x7fff + ((word >>> 16) & 1)) >>> 16 : 0x7fc0
  }
}

/** IEEE half precision. Writes `halves.length` numbers into `floats` from `start`. */
export function decodeFloat16(halves: Uint16Array, floats: Float32Array, start = 0): void {
  const table = float16Table()
  for (let i = 0; i < halves.length; i++) floats[start + i] = table[halves[i]!]!
}

/** What is too large becomes an infinity. */
export function encodeFloat16(floats: Float32Array, halves: Uint16Array): void {
  for (let i = 0; i < floats.length; i++) {
    FLOAT[0] = floats[i]!
    halves[i] = toFloat16(BITS[0]!)
  }
}

function toFloat16(word: number): number {
  const sign = (word >>> 16) & 0x8000
  const magnitude = word & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  // 65520 is the first that rounds to 65536, which a half can't hold.
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  // Under 2^-14 a half is subnormal, a multiple of 2^-24: float32's own addition rounds to that step at 0.5.
  if (magnitude < 0x38800000) {
    BITS[0] = magnitude
    FLOAT[0] = FLOAT[0]! + 0.5
    return sign | (BITS[0]! - 0x3f000000)
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1)
  return sign | ((rounded - 0x38000000) >>> 13)
}

let table: Float32Array | undefined

/** The value of each of the 65,536 patterns. */
function float16Table(): Float32Array {
  table ??= Float32Array.from({ length: 1 << 16 }, (_, half) => fromFloat16(half))
  return table
}

function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}
