// The pre-tokenizers' regular expressions, by hand: where the piece that begins at `p` ends. A sentinel stands at the end of the
// text. The order of the tests is that of the alternatives, and each says which one it is.

import { charAt, codeAt, L, LO, M, N, NL, PS, skip, skipLetters, skipOthers, UP, W } from './classes'

const SPACE: u8 = 0x20
const QUOTE: u8 = 0x27
const SLASH: u8 = 0x2f

/** `'s|'t|'re|'ve|'m|'ll|'d` at a quote; 0 when there is none. */
function contraction(p: usize, anyCase: bool): usize {
  const fold: u32 = anyCase ? 0x20 : 0
  const first = <u32>load<u8>(p, 1) | fold
  if (first === 0x73 || first === 0x74 || first === 0x6d || first === 0x64) return p + 2
  const second = <u32>load<u8>(p, 2) | fold
  if ((first === 0x72 || first === 0x76) && second === 0x65) return p + 3
  if (first === 0x6c && second === 0x6c) return p + 3
  // U+017F, the long s, is an s to (?i:…).
  if (anyCase && load<u8>(p, 1) === 0xc5 && load<u8>(p, 2) === 0xbf) return p + 3
  return 0
}

/** `\s*[\r\n]+|\s+(?!\S)|\s+`, or without the first. */
function whiteSpace(p: usize, newlines: bool): usize {
  let q = p
  let last = p
  let afterNewline: usize = 0
  let char = charAt(q)
  while (char & W) {
    last = q
    q += char >>> 8
    if (char & NL) afterNewline = q
    char = charAt(q)
  }
  if (newlines && afterNewline) return afterNewline
  return char === 0 || last === p ? q : last
}

/** `\p{N}{1,limit}` */
// @ts-expect-error: decorator
@inline
function digits(p: usize, limit: i32): usize {
  for (let i = 0; i < limit; i++) {
    const char = charAt(p)
    if (!(char & N)) break
    p += char >>> 8
  }
  return p
}

/** `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+` */
// @ts-expect-error: decorator
@inline
export function nextGpt2(p: usize): usize {
  const byte = load<u8>(p)
  if (byte === QUOTE) {
    const end = contraction(p, false)
    if (end) return end
  }
  const q = byte === SPACE ? p + 1 : p
  const char = charAt(q)
  if (char & L) return skipLetters(q + (char >>> 8), L)
  if (char & N) return skip(q + (char >>> 8), N)
  if (char !== 0 && !(char & W)) return skipOthers(q + (char >>> 8), W | L | N)
  return whiteSpace(p, false)
}

/**
 * `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,limit}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
 * with `letters` = L | M, `[\p{L}\p{M}]` stands for `\p{L}` (but for the one before `?`).
 */
// @ts-expect-error: decorator
@inline
export function nextCl100k(p: usize, letters: u32, limit: i32): usize {
  const byte = load<u8>(p)
  const char = charAt(p)
  const after = p + (char >>> 8)
  if (char & letters) return skipLetters(after, letters)
  if (char & N) return digits(p, limit)
  if (byte === QUOTE) {
    const end = contraction(p, true)
    if (end) return end
  }
  const next = charAt(after)
  if (next & letters && !(char & NL)) return skipLetters(after + (next >>> 8), letters)
  const others = W | N | letters
  if (byte === SPACE) {
    if (next !== 0 && !(next & others)) return skip(skipOthers(after + (next >>> 8), others), NL)
  } else if (!(char & others)) return skip(skipOthers(after, others), NL)
  return whiteSpace(p, true)
}

/** `[UP]*[LO]+` from `p`; 0 when it doesn't match. A character of both sets, that ends a run of capitals, is given back to `[LO]+`. */
function capitalsThenSmall(p: usize): usize {
  let afterBoth: usize = 0
  let char = charAt(p)
  while (char & UP) {
    p += char >>> 8
    if (char & LO) afterBoth = p
    char = charAt(p)
  }
  return char & LO ? skipLettersOfCase(p) : afterBoth
}

function skipLettersOfCase(p: usize): usize {
  let char = charAt(p)
  while (char & LO) {
    p += char >>> 8
    char = charAt(p)
  }
  return p
}

/**
 * `A[UP]*[LO]+C?|A[UP]+[LO]*C?|\p{N}{1,limit}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+` with A `[^\r\n\p{L}\p{N}]?` and
 * C `(?i:'s|'t|'re|'ve|'m|'ll|'d)`, which Mistral's pattern lacks.
 */
// @ts-expect-error: decorator
@inline
export function nextO200k(p: usize, contractions: bool, limit: i32): usize {
  const char = charAt(p)
  if (char & N) return digits(p, limit)
  const after = p + (char >>> 8)
  const word = char & L ? o200kWord(p) : char & NL ? 0 : o200kWordAfter(p, char, after)
  if (word) {
    if (!contractions || load<u8>(word) !== QUOTE) return word
    const end = contraction(word, true)
    return end ? end : word
  }
  const q = load<u8>(p) === SPACE ? after : p
  const first = charAt(q)
  if (first !== 0 && !(first & (W | L | N))) {
    let end = skipOthers(q + (first >>> 8), W | L | N)
    while (charAt(end) & NL || load<u8>(end) === SLASH) end++
    return end
  }
  return whiteSpace(p, true)
}

/** A word without a character before it. */
function o200kWord(p: usize): usize {
  const end = capitalsThenSmall(p)
  return end ? end : skip(p, UP)
}

/** A word with `char` before it; a mark is a word by itself where it can't be that. */
function o200kWordAfter(p: usize, char: u32, after: usize): usize {
  const next = charAt(after)
  if (next & (UP | LO)) {
    const end = capitalsThenSmall(after)
    if (end) return end
  }
  if (char & M) return capitalsThenSmall(p)
  return next & UP ? skip(after, UP) : 0
}

/** Kinds of characters that DeepSeek's first two expressions, and the Digits pre-tokenizer, cut a text by. */
export function kindOf(p: usize, char: u32, ideographs: bool): u32 {
  if (char & N) return 1
  if (!ideographs || !(char >>> 9)) return 0
  const code = codeAt(p)
  return u32((code >= 0x4e00 && code <= 0x9fa5) || (code >= 0x3040 && code <= 0x30ff)) << 1
}

/**
 * DeepSeek-V3's third expression, in what the first two leave; 0 when nothing matches at `p`:
 * `[!-/:-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
 */
export function nextDeepseek(p: usize): usize {
  const byte = load<u8>(p)
  const char = charAt(p)
  const after = p + (char >>> 8)
  if (byte < 0x80 && char & PS && isAsciiLetter(after)) {
    let end = after
    while (isAsciiLetter(end)) end++
    return end
  }
  if (char & (L | M)) return skipLetters(after, L | M)
  const next = charAt(after)
  if (!(char & (NL | PS)) && next & (L | M)) return skipLetters(after + (next >>> 8), L | M)
  if (char & PS) return skip(skip(after, PS), NL)
  if (byte === SPACE && next & PS) return skip(skip(after, PS), NL)
  return char & W ? whiteSpace(p, true) : 0
}

// @ts-expect-error: decorator
@inline
function isAsciiLetter(p: usize): bool {
  return ((<u32>load<u8>(p) | 0x20) - 0x61) < 26
}
