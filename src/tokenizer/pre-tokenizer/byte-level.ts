import type { AlignedText } from '../aligned-text.ts'
import { inByteAlphabet } from '../byte-text.ts'
import { mapCharacters, prepend } from '../normalizer/index.ts'
import { createPattern, splitAligned } from '../pattern/index.ts'
import type { ByteLevelDescription, PreTokenizerDescription } from '../tokenizer-json/index.ts'
import type { PreTokenizer } from './pre-tokenizer.ts'

/** GPT-2's words. */
const WORDS = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

const prependSpace = prepend(' ')
const toBytes = mapCharacters(inByteAlphabet)

/**
 * Whether the last thing that a pre-tokenizer does is to write its pieces in the byte alphabet. The model is then given the
 * characters themselves and does the bytes, which is faster and gives the same.
 */
export function endsInBytes(description: PreTokenizerDescription | undefined): boolean {
  if (description?.kind === 'Sequence') return endsInBytes(description.preTokenizers.at(-1))
  return description?.kind === 'ByteLevel'
}

/** @param leavesCharacters for a ByteLevel that comes last: see {@link endsInBytes} */
export function byteLevel(description: ByteLevelDescription, leavesCharacters: boolean): PreTokenizer {
  const words = createPattern({ kind: 'Regex', source: WORDS })
  return source => {
    const isPrefixed = description.addPrefixSpace && !source.text.startsWith(' ')
    const text = isPrefixed ? prependSpace(source) : source
    const pieces = description.useRegex ? splitAligned(text, words, 'Isolated') : nonEmpty(text)
    return leavesCharacters ? pieces : pieces.map(toBytes)
  }
}

function nonEmpty(text: AlignedText): AlignedText[] {
  return text.text === '' ? [] : [text]
}
