/** The first bytes of an LZ4 frame. */
const MAGIC = 0x184d2204

/**
 * The content of an LZ4 frame, which is how Arrow packs its buffers. Checksums are not verified.
 *
 * @throws Error where the frame is damaged
 */
export function unpackLz4Frame(packed: Uint8Array): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  if (view.getUint32(0, true) !== MAGIC) throw new Error('no LZ4 frame')
  const flags = view.getUint8(4)
  const hasBlockChecksum = (flags & 0x10) !== 0
  const hasSize = (flags & 0x08) !== 0
  // Descriptor: flags, block size, [content size], [dictionary], checksum.
  let at = 7 + (hasSize ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0)
  let output = new Uint8Array(hasSize ? Number(view.getBigUint64(6, true)) : 4 * packed.length)
  let filled = 0
  while (true) {
    const size = view.getUint32(at, true)
    at += 4
    if (size === 0) return output.subarray(0, filled)
    const isPlain = size >= 0x80000000
    const end = at + (size & 0x7fffffff)
    const block = packed.subarray(at, end)
    // One block unpacks to 4 MiB at most.
    output = grow(output, filled, hasSize ? 0 : isPlain ? block.length : 1 << 22)
    if (isPlain) {
      output.set(block, filled)
      filled += block.length
    } else {
      filled = unpackBlock(block, output, filled)
    }
    at = end + (hasBlockChecksum ? 4 : 0)
  }
}

function grow(output: Uint8Array<ArrayBuffer>, filled: number, more: number): Uint8Array<ArrayBuffer> {
  if (filled + more <= output.length) return output
  const larger = new Uint8Array(2 * (filled + more))
  larger.set(output.subarray(0, filled))
  return larger
}

/** Sequences of literals and a match, each led by a token of two lengths. */
function unpackBlock(block: Uint8Array, output: Uint8Array, start: number): number {
  let to = start
  let at = 0
  const readLength = (first: number): number => {
    let length = first
    if (first !== 15) return length
    while (true) {
      const byte = block[at++]
      if (byte === undefined) throw new Error('LZ4 data ends too early')
      length += byte
      if (byte !== 255) return length
    }
  }
  while (at < block.length) {
    const token = block[at++]!
    const literals = readLength(token >> 4)
    if (at + literals > block.length || to + literals > output.length) throw new Error('damaged LZ4 data')
    if (literals > 24) output.set(block.subarray(at, at + literals), to)
    else for (let i = 0; i < literals; i++) output[to + i] = block[at + i]!
    at += literals
    to += literals
    // The last sequence has literals only.
    if (at >= block.length) break
    const distance = block[at]! | (block[at + 1]! << 8)
    at += 2
    const length = readLength(token & 15) + 4
    const from = to - distance
    if (distance === 0 || from < 0 || to + length > output.length) throw new Error('damaged LZ4 data')
    if (distance >= length && length > 24) output.copyWithin(to, from, from + length)
    // What is copied may be what this very copy writes.
    else for (let i = 0; i < length; i++) output[to + i] = output[from + i]!
    to += length
  }
  return to
}
