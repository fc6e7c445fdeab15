import { byteOfChar } from '../bpe/index.ts'
import type { Decoder } from './decoder.ts'

const encoder = new TextEncoder()
const lossy = new TextDecoder('utf-8', { ignoreBOM: true })
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

/** Byte-level tokens to text: what is no UTF-8 becomes U+FFFD. A token with other characters in it (an added one) stands for itself. */
export const decodeByteLevel: Decoder = tokens => {
  const bytes: number[] = []
  for (const token of tokens) {
    const chars = Array.from({ length: token.length }, (_, i) => byteOfChar(token.charCodeAt(i)))
    if (chars.includes(undefined)) for (const byte of encoder.encode(token)) bytes.push(byte)
    else for (const byte of chars) bytes.push(byte!)
  }
  return [lossy.decode(Uint8Array.from(bytes))]
}

/** `<0x61>` to bytes, and a run of them to text; a run that is no UTF-8 becomes one U+FFFD for each byte. */
export const decodeByteFallback: Decoder = tokens => {
  const decoded: string[] = []
  let run: number[] = []
  const flush = () => {
    for (const text of run.length > 0 ? decodeRun(run) : []) decoded.push(text)
    run = []
  }
  for (const token of tokens) {
    const match = /^<0x([+0-9A-Fa-f][0-9A-Fa-f])>$/.exec(token)
    if (match !== null) run.push(Number.parseInt(match[1]!, 16))
    else {
      flush()
      decoded.push(token)
    }
  }
  flush()
  return decoded
}

function decodeRun(run: readonly number[]): string[] {
  try {
    return [strict.decode(Uint8Array.from(run))]
  } catch {
    return run.map(() => '\ufffd')
  }
}
