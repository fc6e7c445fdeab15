/**
 * GPT-2's byte alphabet: each of the 256 bytes written as one printable character, so that byte-level vocabularies can be JSON.
 * Bytes that are printable in Latin-1 stand for themselves; the others follow from U+0100 on, in order.
 */
const PRINTABLE: readonly (readonly [first: number, last: number])[] = [
  [0x21, 0x7e],
  [0xa1, 0xac],
  [0xae, 0xff],
]

/** Uint16Array[256]: the UTF-16 unit that stands for each byte. */
export const BYTE_TO_CHAR: Uint16Array = makeByteToChar()

const CHAR_TO_BYTE: ReadonlyMap<number, number> = new Map([...BYTE_TO_CHAR].map((char, byte) => [char, byte]))

/** The byte that a character of the alphabet stands for; undefined for other characters. */
export function byteOfChar(char: number): number | undefined {
  return CHAR_TO_BYTE.get(char)
}

/** The bytes that a byte-level token stands for; undefined when it has a character outside of the alphabet. */
export function bytesOfToken(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length)
  for (let i = 0; i < token.length; i++) {
    const byte = CHAR_TO_BYTE.get(token.charCodeAt(i))
    if (byte === undefined) return undefined
    bytes[i] = byte
  }
  return bytes
}

function makeByteToChar(): Uint16Array {
  const chars = new Uint16Array(256)
  let next = 0x100
  for (let byte = 0; byte < 256; byte++) {
    const printable = PRINTABLE.some(([first, last]) => byte >= first && byte <= last)
    chars[byte] = printable ? byte : next++
  }
  return chars
}
