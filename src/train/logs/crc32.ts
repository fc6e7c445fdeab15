/** A cyclic redundancy check of 32 bits, its bits reflected, as zlib and TensorFlow use it. */
export type Crc32 = (bytes: Uint8Array, start?: number) => number

/** Castagnoli's, of TensorFlow's record files. */
export const crc32c: Crc32 = makeCrc32(0x82f63b78)

/** zlib's. Node has it from 20.15 on. */
export const crc32: Crc32 = makeCrc32(0xedb88320)

function makeCrc32(polynomial: number): Crc32 {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
    return value
  })
  return (bytes, start = 0) => {
    let crc = ~start
    for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255]!
    return ~crc >>> 0
  }
}
