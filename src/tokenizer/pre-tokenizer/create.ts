import { sliceAligned } from '../aligned-text.ts'
import {
  createPattern,
  invert,
  matchCharacters,
  matchRegExp,
  type Pattern,
  splitAligned,
} from '../pattern/index.ts'
import { complement, toClassSource, Untranslatable, union } from '../regex/index.ts'
import type { PreTokenizerDescription, SplitBehavior } from '../tokenizer-json/index.ts'
import {
  type CodeSet,
  categoryRanges,
  crateRanges,
  crateSet,
  EXTRA_DIGITS,
  isWhiteSpace,
  toCodeSet,
  WHITE_SPACE,
} from '../unicode/index.ts'
import { byteLevel } from './byte-level.ts'
import { metaspace } from './metaspace.ts'
import type { PreTokenizer } from './pre-tokenizer.ts'

/**
 * The pre-tokenizer that a tokenizer.json describes. A ByteLevel that comes last leaves its pieces' characters as they are.
 *
 * @throws Untranslatable for `UnicodeScripts` and for patterns that JavaScript's regular expressions can't match alike
 */
export function createPreTokenizer(description: PreTokenizerDescription, isLast = true): PreTokenizer {
  switch (description.kind) {
    case 'Sequence': {
      const end = description.preTokenizers.length - 1
      const steps = description.preTokenizers.map((step, i) => createPreTokenizer(step, isLast && i === end))
      return source => steps.reduce((pieces, step) => pieces.flatMap(step), [source])
    }
    case 'ByteLevel':
      return byteLevel(description, isLast)
    case 'Split': {
      const pattern = createPattern(description.pattern)
      return splitBy(description.invert ? invert(pattern) : pattern, description.behavior)
    }
    case 'Metaspace':
      return metaspace(description)
    case 'Digits':
      return splitBy(matchCharacters(isNumeric()), description.individualDigits ? 'Isolated' : 'Contiguous')
    case 'Punctuation':
      return splitBy(matchCharacters(isPunctuation()), description.behavior)
    case 'Whitespace':
      return splitBy(invert(matchRegExp(wordsAndOthers())), 'Removed')
    case 'WhitespaceSplit':
      return splitBy(matchCharacters(isWhiteSpace), 'Removed')
    case 'BertPreTokenizer': {
      const words = splitBy(matchCharacters(isWhiteSpace), 'Removed')
      const marks = splitBy(matchCharacters(isPunctuation()), 'Isolated')
      return source => words(source).flatMap(marks)
    }
    case 'CharDelimiterSplit': {
      const delimiter = description.delimiter.codePointAt(0)!
      return splitBy(
        matchCharacters(code => code === delimiter),
        'Removed',
      )
    }
    case 'FixedLength':
      return splitByLength(description.length)
    case 'UnicodeScripts':
      throw new Untranslatable('the pre-tokenizer UnicodeScripts')
    default: {
      const never: never = description
      return never
    }
  }
}

function splitBy(pattern: Pattern, behavior: SplitBehavior): PreTokenizer {
  return source => splitAligned(source, pattern, behavior)
}

/** Pieces of so many code points. */
function splitByLength(length: number): PreTokenizer {
  return source => {
    const pieces = []
    let start = 0
    let end = 0
    let count = 0
    for (const char of source.text) {
      end += char.length
      if (++count < length && end < source.text.length) continue
      pieces.push(sliceAligned(source, start, end))
      start = end
      count = 0
    }
    return pieces
  }
}

function isNumeric(): CodeSet {
  return toCodeSet([...categoryRanges('N'), ...EXTRA_DIGITS.map(code => [code, code] as const)])
}

function isPunctuation(): CodeSet {
  const isBeyondAscii = crateSet('punctuation')
  return code => (code < 0x80 ? /[!-/:-@[-`{-~]/.test(String.fromCharCode(code)) : isBeyondAscii(code))
}

function wordsAndOthers(): RegExp {
  const word = toClassSource(crateRanges('addedTokenWord'))
  const other = toClassSource(
    complement(
      union(
        crateRanges('addedTokenWord'),
        WHITE_SPACE.map(code => [code, code] as const),
      ),
    ),
  )
  return new RegExp(`${word}+|${other}+`, 'gu')
}
