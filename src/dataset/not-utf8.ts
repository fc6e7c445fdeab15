import { LosslineError } from '../error.ts'

/** Of bytes that are no UTF-8: which is the first that is wrong. @param at as in `decodeUtf8` */
export function notUtf8(bytes: Uint8Array, at: { where?: string; byteOffset: number }): LosslineError {
  const broken = findBrokenByte(bytes)
  const hex = bytes[broken]!.toString(16).padStart(2, '0')
  const position = (at.byteOffset + broken).toLocaleString('en-US')
  return new LosslineError('dataset/not-utf8', `is not UTF-8: byte ${position} of the file is 0x${hex}`, {
    ...(at.where !== undefined && { where: at.where }),
    fix: 'Save the file as UTF-8.',
  })
}

/** Lengths of UTF-8's characters: [first byte from, to, second byte from, to, length], the Unicode Standard's table 3-7. */
const WELL_FORMED: readonly (readonly [number, number, number, number, number])[] = [
  [0xc2, 0xdf, 0x80, 0xbf, 2],
  [0xe0, 0xe0, 0xa0, 0xbf, 3],
  [0xe1, 0xec, 0x80, 0xbf, 3],
  [0xed, 0xed, 0x80, 0x9f, 3],
  [0xee, 0xef, 0x80, 0xbf, 3],
  [0xf0, 0xf0, 0x90, 0xbf, 4],
  [0xf1, 0xf3, 0x80, 0xbf, 4],
  [0xf4, 0xf4, 0x80, 0x8f, 4],
]

/** The index of the first byte that starts no well-formed character; the length where all do. */
export function findBrokenByte(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const length = measureCharacter(bytes, at)
    if (length === 0) return at
    at += length
  }
  return at
}

function measureCharacter(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!
  if (first < 0x80) return 1
  const second = bytes[at + 1] ?? 0
  const row = WELL_FORMED.find(
    ([from, to, low, high]) => first >= from && first <= to && second >= low && second <= high,
  )
  if (row === undefined) return 0
  const length = row[4]
  for (let i = at + 2; i < at + length; i++) {
    if (((bytes[i] ?? 0) & 0xc0) !== 0x80) return 0
  }
  return length
}
