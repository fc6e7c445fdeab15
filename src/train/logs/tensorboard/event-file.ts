import { crc32c } from '../crc32.ts'

/**
 * A record of TensorFlow's record files: the length in 8 bytes, its checksum, the bytes, their checksum.
 */
export function toRecord(bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(bytes.length + 16)
  const view = new DataView(record.buffer)
  view.setBigUint64(0, BigInt(bytes.length), true)
  view.setUint32(8, toMaskedCrc(record.subarray(0, 8)), true)
  record.set(bytes, 12)
  view.setUint32(12 + bytes.length, toMaskedCrc(bytes), true)
  return record
}

/** Masked, because a checksum of data that holds checksums is weak. */
function toMaskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
