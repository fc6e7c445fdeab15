import { createPattern, type Pattern } from '../pattern/index.ts'
import type { DecoderDescription, PrependScheme } from '../tokenizer-json/index.ts'
import { decodeByteFallback, decodeByteLevel } from './bytes.ts'
import type { Decoder } from './decoder.ts'
import { decodeCtc, decodeSuffix, decodeWordPiece } from './words.ts'

/**
 * The decoder that a tokenizer.json describes.
 *
 * @throws Untranslatable for patterns that JavaScript's regular expressions can't match alike
 */
export function createDecoder(description: DecoderDescription): Decoder {
  switch (description.kind) {
    case 'Sequence': {
      const steps = description.decoders.map(createDecoder)
      return tokens => steps.reduce<string[]>((decoded, step) => step(decoded), [...tokens])
    }
    case 'ByteLevel':
      return decodeByteLevel
    case 'ByteFallback':
      return decodeByteFallback
    case 'Fuse':
      return tokens => [tokens.join('')]
    case 'Replace':
      return replaceIn(createPattern(description.pattern), description.content)
    case 'Strip':
      return tokens => tokens.map(token => stripChars(token, description))
    case 'Metaspace':
      return metaspace(description.replacement, description.prependScheme)
    case 'WordPiece':
      return decodeWordPiece(description.prefix, description.cleanup)
    case 'BPEDecoder':
      return decodeSuffix(description.suffix)
    case 'CTC':
      return decodeCtc(description)
    default: {
      const never: never = description
      return never
    }
  }
}

function replaceIn(pattern: Pattern, content: string): Decoder {
  return tokens =>
    tokens.map(token =>
      pattern(token)
        .map(({ start, end, isMatch }) => (isMatch ? content : token.slice(start, end)))
        .join(''),
    )
}

function stripChars(token: string, strip: { content: string; start: number; stop: number }): string {
  const chars = [...token]
  let start = 0
  while (start < strip.start && chars[start] === strip.content) start++
  let end = chars.length
  while (chars.length - end < strip.stop && end > start && chars[end - 1] === strip.content) end--
  return chars.slice(start, end).join('')
}

/** The first token's marks were put there by the pre-tokenizer, unless it never does. */
function metaspace(replacement: string, scheme: PrependScheme): Decoder {
  return tokens =>
    tokens.map((token, t) => token.replaceAll(replacement, t === 0 && scheme !== 'never' ? '' : ' '))
}
