// What a character is to the pre-tokenizers' regular expressions: one byte of flags for each code point, written by the host.

export const L: u32 = 1 // \p{L}
export const N: u32 = 2 // \p{N}
export const M: u32 = 4 // \p{M}
export const PS: u32 = 8 // \p{P} and \p{S}
export const W: u32 = 16 // \s
export const NL: u32 = 32 // \r and \n
export const UP: u32 = 64 // [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]
export const LO: u32 = 128 // [\p{Ll}\p{Lm}\p{Lo}\p{M}]

/** Never in UTF-8: stands at the end of what is scanned, so that no loop has to ask for it. */
export const SENTINEL: u8 = 0xff

/** Uint8Array[0x110000]. */
export let classes: usize = 0

export function setClasses(at: usize): void {
  classes = at
}

/** Flags of the character at `p`, and its width in bytes above them (`>> 8`); 0 at the sentinel. */
// @ts-expect-error: decorator
@inline
export function charAt(p: usize): u32 {
  const byte: u32 = load<u8>(p)
  return byte < 0x80 ? load<u8>(classes + byte) | 0x100 : wideCharAt(p, byte)
}

function wideCharAt(p: usize, byte: u32): u32 {
  if (byte >= 0xf8) return 0
  return load<u8>(classes + codeAt(p)) | (widthOf(byte) << 8)
}

// @ts-expect-error: decorator
@inline
export function widthOf(byte: u32): u32 {
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
}

/** The code point at `p`. */
// @ts-expect-error: decorator
@inline
export function codeAt(p: usize): u32 {
  const byte: u32 = load<u8>(p)
  if (byte < 0x80) return byte
  const second = <u32>load<u8>(p, 1) & 0x3f
  if (byte < 0xe0) return ((byte & 0x1f) << 6) | second
  const third = <u32>load<u8>(p, 2) & 0x3f
  if (byte < 0xf0) return ((byte & 0x0f) << 12) | (second << 6) | third
  return ((byte & 0x07) << 18) | (second << 12) | (third << 6) | (<u32>load<u8>(p, 3) & 0x3f)
}

/** UTF-16 units of [p, end): a character of four bytes is two, any other one. */
export function unitsIn(p: usize, end: usize): u32 {
  let units: u32 = 0
  for (; p < end; p++) {
    const byte: u32 = load<u8>(p)
    units += u32((byte & 0xc0) !== 0x80) + u32(byte >= 0xf0)
  }
  return units
}

/** Where the run of characters that have one of `flags` ends. */
export function skip(p: usize, flags: u32): usize {
  while (true) {
    const char = charAt(p)
    if (!(char & flags)) return p
    p += char >>> 8
  }
}

/** As {@link skip} with L (or with letters and more): ASCII letters sixteen at a time. */
// @ts-expect-error: decorator
@inline
export function skipLetters(p: usize, flags: u32): usize {
  while (true) {
    const folded = v128.or(v128.load(p), i8x16.splat(0x20))
    const others = ~i8x16.bitmask(i8x16.lt_u(i8x16.sub(folded, i8x16.splat(0x61)), i8x16.splat(26))) & 0xffff
    if (others !== 0) {
      p += ctz(others)
      break
    }
    p += 16
  }
  return load<u8>(p) < 0x80 ? p : skip(p, flags)
}

/** Where the run of characters that have none of `flags` ends. */
export function skipOthers(p: usize, flags: u32): usize {
  while (true) {
    const char = charAt(p)
    if (char === 0 || char & flags) return p
    p += char >>> 8
  }
}
