import { createNormalizer, prepend } from '../normalizer/index.ts'
import { matchCharacters, splitAligned } from '../pattern/index.ts'
import type { MetaspaceDescription } from '../tokenizer-json/index.ts'
import type { PreTokenizer } from './pre-tokenizer.ts'

/** Spaces become `▁`, which begins a piece. `first` means the stretch at the text's very beginning, not that of each added token. */
export function metaspace({ replacement, prependScheme, split }: MetaspaceDescription): PreTokenizer {
  const pattern = { kind: 'String', text: ' ' } as const
  const replaceSpaces = createNormalizer({ kind: 'Replace', pattern, content: replacement })
  const prependReplacement = prepend(replacement)
  const code = replacement.codePointAt(0)!
  const marks = matchCharacters(other => other === code)
  return source => {
    let text = replaceSpaces(source)
    const isWanted = prependScheme === 'always' || (prependScheme === 'first' && source.base === 0)
    if (isWanted && !text.text.startsWith(replacement)) text = prependReplacement(text)
    if (split) return splitAligned(text, marks, 'MergedWithNext')
    return text.text === '' ? [] : [text]
  }
}
