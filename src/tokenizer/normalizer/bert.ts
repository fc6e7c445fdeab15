import type { BertNormalizerDescription } from '../tokenizer-json/index.ts'
import { crateSet, isWhiteSpace } from '../unicode/index.ts'
import { keepOnly, mapCharacters } from './characters.ts'
import type { Normalizer } from './normalizer.ts'
import { applyChanges, normalizeUnicode } from './unicode-form.ts'

const isOther = crateSet('other')
const isAccent = crateSet('nonspacingMark')

/** What BERT takes for a Chinese character, blocks rounded as in its own code. */
const CHINESE: readonly (readonly [first: number, last: number])[] = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
]

export function normalizeBert(description: BertNormalizerDescription): Normalizer {
  const { cleanText, handleChineseChars, lowercase } = description
  const steps: Normalizer[] = []
  if (cleanText)
    steps.push(
      keepOnly(isClean),
      mapCharacters(char => (isSpace(char) ? ' ' : char)),
    )
  if (handleChineseChars) steps.push(padChinese)
  if (description.stripAccents ?? lowercase)
    steps.push(
      normalizeUnicode('NFD'),
      keepOnly(code => !isAccent(code)),
    )
  if (lowercase) steps.push(mapCharacters(char => char.toLowerCase()))
  return source => steps.reduce((text, step) => step(text), source)
}

const isClean = (code: number): boolean =>
  code !== 0 && code !== 0xfffd && (code === 9 || code === 10 || code === 13 || !isOther(code))

const isSpace = (char: string): boolean => isWhiteSpace(char.codePointAt(0)!)

/** A space before and behind; the crate puts the first one in the character's place, and the character behind it as new. */
const padChinese: Normalizer = source => {
  const changes = []
  let isChanged = false
  for (const char of source.text) {
    const code = char.codePointAt(0)!
    if (CHINESE.some(([first, last]) => code >= first && code <= last)) {
      isChanged = true
      changes.push({ code: 0x20, change: 0 }, { code, change: 1 }, { code: 0x20, change: 1 })
    } else changes.push({ code, change: 0 })
  }
  return isChanged ? applyChanges(source, changes) : source
}
