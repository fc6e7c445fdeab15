import { BYTE_TO_CHAR } from './bpe/index.ts'

const encoder = new TextEncoder()

/** A text as byte-level vocabularies write it: each byte of its UTF-8 as a character of GPT-2's alphabet. */
export function inByteAlphabet(text: string): string {
  let mapped = ''
  for (const byte of encoder.encode(text)) mapped += String.fromCharCode(BYTE_TO_CHAR[byte]!)
  return mapped
}
