import { inByteAlphabet } from '../byte-text.ts'
import { createPattern } from '../pattern/index.ts'
import { Untranslatable } from '../regex/index.ts'
import type { NormalizerDescription } from '../tokenizer-json/index.ts'
import { crateSet } from '../unicode/index.ts'
import { normalizeBert } from './bert.ts'
import { keepOnly, mapCharacters, prepend, strip } from './characters.ts'
import { normalizeNmt } from './nmt.ts'
import type { Normalizer } from './normalizer.ts'
import { replaceMatches, replaceUnit } from './replace.ts'
import { normalizeUnicode } from './unicode-form.ts'

/**
 * The normalizer that a tokenizer.json describes.
 *
 * @throws Untranslatable for `Precompiled` and for patterns that JavaScript's regular expressions can't match alike
 */
export function createNormalizer(description: NormalizerDescription): Normalizer {
  switch (description.kind) {
    case 'Sequence': {
      const steps = description.normalizers.map(createNormalizer)
      return source => steps.reduce((text, step) => step(text), source)
    }
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return normalizeUnicode(description.kind)
    case 'Lowercase':
      return mapCharacters(char => char.toLowerCase())
    case 'StripAccents': {
      const isMark = crateSet('combiningMark')
      return keepOnly(code => !isMark(code))
    }
    case 'Nmt':
      return normalizeNmt
    case 'ByteLevel':
      return mapCharacters(inByteAlphabet)
    case 'Strip':
      return strip(description.left, description.right)
    case 'Prepend':
      return prepend(description.prepend)
    case 'Replace':
      return (
        replaceUnit(description.pattern, description.content) ??
        replaceMatches(createPattern(description.pattern), description.content)
      )
    case 'BertNormalizer':
      return normalizeBert(description)
    case 'Precompiled':
      throw new Untranslatable('the normalizer Precompiled')
    default: {
      const never: never = description
      return never
    }
  }
}
