import { keepOnly, mapCharacters } from './characters.ts'
import type { Normalizer } from './normalizer.ts'

/** SentencePiece's own cleaning of control characters and white space. */
export const normalizeNmt: Normalizer = source => toSpaces(withoutControls(source))

const withoutControls = keepOnly(
  code =>
    !(
      (code >= 0x01 && code <= 0x08) ||
      code === 0x0b ||
      (code >= 0x0e && code <= 0x1f) ||
      code === 0x7f ||
      code === 0x8f ||
      code === 0x9f
    ),
)

const toSpaces = mapCharacters(char =>
  /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/.test(char) ? ' ' : char,
)
